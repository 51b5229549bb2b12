import { base64url } from "jose";
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

/** RFC 9180, base mode. P-256, because every browser in use has it in WebCrypto. */
export function createSuite(): CipherSuite {
  return new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
}

/** Base64url to bytes of their own. Rejects on anything else. */
export async function decodeKey(text: string): Promise<ArrayBuffer> {
  return new Uint8Array(base64url.decode(text)).buffer;
}

/** What a channel belongs to: one made for another session or assignment opens nothing. */
export interface ChannelScope {
  sessionId: string;
  epoch: number;
}

const encoder = new TextEncoder();

export function infoOf({ sessionId, epoch }: ChannelScope): ArrayBuffer {
  return encoder.encode(`attestream viewer stream v1\n${sessionId}\n${epoch}`).buffer;
}

/** Label of the key for the way back, worker to viewer. */
export const downLabel: ArrayBuffer = encoder.encode("worker to viewer").buffer;

export const downKeyBytes = 16;

/** The nonce of the n-th message of one way: four zero bytes, then n as a big-endian u64. */
export function nonceOf(count: bigint): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(4, count);
  return nonce;
}

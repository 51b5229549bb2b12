import { hash as digestOf } from "node:crypto";
import type { CipherSuite } from "./cipher-suite.ts";

const nothing = new Uint8Array();
export const ivLength = 12;

/** What opens the records of one epoch. The next epoch's key does not follow from it. */
export interface TrafficKey {
  key: Uint8Array;
  iv: Uint8Array;
}

type Hash = CipherSuite["hash"];

const hashLengths: Record<Hash, number> = { sha256: 32, sha384: 48 };
const blockLengths: Record<Hash, number> = { sha256: 64, sha384: 128 };

/** HMAC of RFC 2104, by two hashes taken at once: an Hmac object of node:crypto takes five times as long to be made. */
export function hmac(hash: Hash, key: Uint8Array, data: Uint8Array): Uint8Array {
  const blockLength = blockLengths[hash];
  const short = key.length > blockLength ? digestOf(hash, key, "buffer") : key;
  const inner = new Uint8Array(blockLength + data.length);
  const outer = new Uint8Array(blockLength + hashLengths[hash]);
  for (let index = 0; index < blockLength; index += 1) {
    const byte = short[index] ?? 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  inner.set(data, blockLength);
  outer.set(digestOf(hash, inner, "buffer"), blockLength);
  return digestOf(hash, outer, "buffer");
}

/** HKDF-Extract of RFC 5869. */
export function extract(hash: Hash, salt: Uint8Array, material: Uint8Array): Uint8Array {
  return hmac(hash, salt, material);
}

/** HKDF-Expand-Label of RFC 8446, 7.1. */
export function expandLabel(
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`, "latin1");
  const info = Buffer.concat([
    Uint8Array.of(length >> 8, length & 255, name.length),
    name,
    Uint8Array.of(context.length),
    context,
  ]);
  const blocks: Uint8Array[] = [];
  let block: Uint8Array = nothing;
  for (let made = 0; made < length; made += block.length) {
    block = hmac(hash, secret, Buffer.concat([block, info, Uint8Array.of(blocks.length + 1)]));
    blocks.push(block);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** Derive-Secret, with the hash of the transcript already taken. */
export function deriveSecret(
  suite: CipherSuite,
  secret: Uint8Array,
  label: string,
  transcriptHash: Uint8Array,
): Uint8Array {
  return expandLabel(suite.hash, secret, label, transcriptHash, suite.hashLength);
}

export function trafficKey(suite: CipherSuite, secret: Uint8Array): TrafficKey {
  return {
    key: expandLabel(suite.hash, secret, "key", nothing, suite.keyLength),
    iv: expandLabel(suite.hash, secret, "iv", nothing, ivLength),
  };
}

/** The traffic secret after a KeyUpdate. */
export function nextTrafficSecret(suite: CipherSuite, secret: Uint8Array): Uint8Array {
  return expandLabel(suite.hash, secret, "traffic upd", nothing, suite.hashLength);
}

/** What a Finished holds. */
export function finishedData(suite: CipherSuite, trafficSecret: Uint8Array, transcriptHash: Uint8Array): Uint8Array {
  const key = expandLabel(suite.hash, trafficSecret, "finished", nothing, suite.hashLength);
  return hmac(suite.hash, key, transcriptHash);
}

/** The secrets of both sides without a pre-shared key, from what the key exchange gave. */
export function handshakeSecrets(suite: CipherSuite, shared: Uint8Array, helloHash: Uint8Array) {
  const zeros = new Uint8Array(suite.hashLength);
  const emptyHash = digestOf(suite.hash, "", "buffer");
  const early = extract(suite.hash, zeros, zeros);
  const handshake = extract(suite.hash, deriveSecret(suite, early, "derived", emptyHash), shared);
  const master = extract(suite.hash, deriveSecret(suite, handshake, "derived", emptyHash), zeros);
  return {
    client: deriveSecret(suite, handshake, "c hs traffic", helloHash),
    server: deriveSecret(suite, handshake, "s hs traffic", helloHash),
    master,
  };
}

/** The first application secrets; the hash is of everything up to the server's Finished. */
export function applicationSecrets(suite: CipherSuite, master: Uint8Array, finishedHash: Uint8Array) {
  return {
    client: deriveSecret(suite, master, "c ap traffic", finishedHash),
    server: deriveSecret(suite, master, "s ap traffic", finishedHash),
  };
}

import { sha256 as hashNow } from "@noble/hashes/sha2.js";
import { encodeBase64url } from "./base64.ts";

const encoder = new TextEncoder();

/** Up to here, handing the text to Web Crypto's threads takes longer than hashing it. */
const shortLength = 2048;

async function sha256(text: string): Promise<Uint8Array> {
  const bytes = encoder.encode(text);
  return bytes.length <= shortLength ? hashNow(bytes) : new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export async function sha256Hex(text: string): Promise<string> {
  return [...(await sha256(text))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function sha256Base64url(text: string): Promise<string> {
  return encodeBase64url(await sha256(text));
}

/** The `proofHash` of API and webhook: lower-case hex SHA-256 of the compact attestation with all its disclosures. */
export function hashProof(attestation: string): Promise<string> {
  return sha256Hex(attestation);
}

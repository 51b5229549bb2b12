import { decodeBase64url as decode, isCanonicalBase64url } from "../base64.ts";

export { encodeBase64url } from "../base64.ts";

/** Null for what is not base64url, or is another spelling of it: one value has one text. */
export function decodeBase64url(text: string): Uint8Array | null {
  return isCanonicalBase64url(text) ? decode(text) : null;
}

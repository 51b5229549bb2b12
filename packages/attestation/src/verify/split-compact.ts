import { Refused } from "./verify-result.ts";

/** Larger than any attestation of account data; keeps a hostile input from costing memory. */
const maxLength = 1024 * 1024;
const base64urlPattern = /^[A-Za-z0-9_-]+$/;

export interface CompactParts {
  jwt: string;
  disclosures: string[];
}

/** `<jwt>~<disclosure>~…~`. A key-binding JWT after the last `~` is refused: this type of credential has no holder key. */
export function splitCompact(compact: unknown): CompactParts {
  if (typeof compact !== "string") throw new Refused("malformed", "It must be a string.");
  if (compact.length > maxLength) throw new Refused("malformed", "It is longer than 1 MiB.");
  const [jwt = "", ...rest] = compact.split("~");
  if (rest.at(-1) !== "") throw new Refused("malformed", "It must end with a tilde.");
  const disclosures = rest.slice(0, -1);
  const pieces = jwt.split(".");
  if (pieces.length !== 3 || ![...pieces, ...disclosures].every(isCanonicalBase64url)) throw new Refused("malformed");
  return { jwt, disclosures };
}

export function decodeJson(piece: string): unknown {
  try {
    const bytes = Uint8Array.from(decodeBase64url(piece), (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Refused("malformed", "A part of it is not JSON in base64url.");
  }
}

/** The last character of base64url can have bits that mean nothing. They must be zero, or one attestation could be spelled in several ways. */
function isCanonicalBase64url(piece: string): boolean {
  if (!base64urlPattern.test(piece) || piece.length % 4 === 1) return false;
  return btoa(decodeBase64url(piece)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === piece;
}

function decodeBase64url(piece: string): string {
  return atob(piece.replaceAll("-", "+").replaceAll("_", "/"));
}

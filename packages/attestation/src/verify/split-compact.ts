import { decodeBase64url, isCanonicalBase64url } from "../base64.ts";
import { Refused } from "./verify-result.ts";

/** Larger than any attestation of account data; keeps a hostile input from costing memory. */
const maxLength = 1024 * 1024;

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
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64url(piece)));
  } catch {
    throw new Refused("malformed", "A part of it is not JSON in base64url.");
  }
}

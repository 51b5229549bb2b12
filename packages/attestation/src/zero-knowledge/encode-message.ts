import type { CryptoWasm } from "@docknetwork/crypto-wasm";
import type { Json } from "@attestream/shared";
import { canonicalJson } from "../canonical-json.ts";
import { canonicalDecimal, signedDate, signedDecimal } from "./scaled-number.ts";
import type { CredentialHeader, Field } from "./vocabulary.ts";

const encoder = new TextEncoder();

/** The signed number of a value of a number's or date's field; null where the field cannot have it, or it is spelled in another way. */
export function comparableNumber(field: Field, value: Json): number | null {
  if (typeof value !== "string") return null;
  switch (field.kind) {
    case "number":
      return canonicalDecimal(value) === value ? signedDecimal(value, field.decimals) : null;
    case "date":
      return signedDate(value);
    case "text":
      return null;
    default:
      return field satisfies never;
  }
}

/** A field's value as the 32 bytes that are signed; null where the field cannot have it. */
export function encodeValue(library: CryptoWasm, field: Field, value: Json): Uint8Array | null {
  if (field.kind === "text") return hashed(library, `attestream credential text\n${canonicalJson(value)}`);
  const number = comparableNumber(field, value);
  return number === null ? null : library.generateFieldElementFromNumber(number);
}

/** The first message of every credential: who says what about which session, and what the fields are called. */
export function encodeHeader(library: CryptoWasm, header: CredentialHeader): Uint8Array {
  return hashed(library, `attestream credential header\n${canonicalJson(header as unknown as Json)}`);
}

function hashed(library: CryptoWasm, text: string): Uint8Array {
  return library.encodeMessageForSigning(encoder.encode(text));
}

import { TlsEvidenceRefused } from "../tls-refusal.ts";

/** One value of DER. */
export interface DerValue {
  tag: number;
  content: Uint8Array;
  /** With tag and length. */
  raw: Uint8Array;
}

export const derTag = { boolean: 1, integer: 2, bits: 3, octets: 4, oid: 6, sequence: 0x30 } as const;

/** The values that stand one after the other. Tags of one byte and lengths up to four: certificates have no others. */
export function readDer(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const start = offset;
    const tag = bytes[offset] ?? 0;
    let length = bytes[offset + 1] ?? malformed();
    offset += 2;
    if (length >= 0x80) {
      const count = length - 0x80;
      if (count === 0 || count > 4) malformed();
      length = 0;
      for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[offset + index] ?? malformed());
      offset += count;
    }
    if ((tag & 0x1f) === 0x1f || offset + length > bytes.length) malformed();
    values.push({ tag, content: bytes.subarray(offset, offset + length), raw: bytes.subarray(start, offset + length) });
    offset += length;
  }
  return values;
}

/** The one value that is all of it. */
export function readOneDer(bytes: Uint8Array, tag: number): Uint8Array {
  const [value, ...others] = readDer(bytes);
  if (value?.tag !== tag || others.length > 0) malformed();
  return value.content;
}

export const hexOf = (content: Uint8Array) => Buffer.from(content).toString("hex");

export function malformed(): never {
  throw new TlsEvidenceRefused("certificate_invalid", "It is malformed.");
}

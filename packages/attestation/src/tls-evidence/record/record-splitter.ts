import { TlsEvidenceRefused } from "../tls-refusal.ts";

export const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** One record as it stands on the wire. Views of what was pushed, where it was pushed whole. */
export interface TlsRecord {
  type: number;
  /** Five bytes; they are authenticated with the content once records are encrypted. */
  header: Uint8Array;
  fragment: Uint8Array;
}

export const headerLength = 5;
const longestFragment = 2 ** 14 + 256;

/** Cuts a stream into records, however it is chunked. */
export class RecordSplitter {
  #partial: Uint8Array | null = null;
  #filled = 0;
  #seen = false;

  /** Throws TlsEvidenceRefused on a header that no TLS record has. */
  push(bytes: Uint8Array): TlsRecord[] {
    const records: TlsRecord[] = [];
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#partial === null && rest.length >= headerLength) {
        const length = this.#lengthOf(rest);
        if (rest.length >= length) {
          records.push(toRecord(rest.subarray(0, length)));
          rest = rest.subarray(length);
          continue;
        }
      }
      rest = this.#fill(rest, records);
    }
    return records;
  }

  /** Whether a record has begun and not ended. */
  get inside(): boolean {
    return this.#partial !== null;
  }

  #fill(bytes: Uint8Array, records: TlsRecord[]): Uint8Array {
    this.#partial ??= new Uint8Array(headerLength);
    const taken = bytes.subarray(0, this.#partial.length - this.#filled);
    this.#partial.set(taken, this.#filled);
    this.#filled += taken.length;
    if (this.#filled === headerLength && this.#partial.length === headerLength) {
      const whole = new Uint8Array(this.#lengthOf(this.#partial));
      whole.set(this.#partial);
      this.#partial = whole;
    }
    if (this.#filled === this.#partial.length && this.#filled > headerLength) {
      records.push(toRecord(this.#partial));
      this.#partial = null;
      this.#filled = 0;
    }
    return bytes.subarray(taken.length);
  }

  #lengthOf(header: Uint8Array): number {
    const [type = 0, major, , high = 0, low = 0] = header;
    const length = high * 256 + low;
    if (type < 20 || type > 23 || major !== 3 || length > longestFragment || length === 0)
      throw new TlsEvidenceRefused(this.#seen ? "record_invalid" : "not_tls");
    this.#seen = true;
    return headerLength + length;
  }
}

function toRecord(bytes: Uint8Array): TlsRecord {
  return { type: bytes[0] ?? 0, header: bytes.subarray(0, headerLength), fragment: bytes.subarray(headerLength) };
}

import { TlsEvidenceRefused, type TlsRefusal } from "./tls-refusal.ts";

/** Reads numbers and vectors, big-endian, and refuses with one code whatever ends too early or too late. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #code: TlsRefusal;
  readonly #what: string;
  #offset = 0;

  constructor(bytes: Uint8Array, code: TlsRefusal, what: string) {
    this.#bytes = bytes;
    this.#code = code;
    this.#what = what;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** An unsigned number of one to four bytes. */
  number(length: 1 | 2 | 3 | 4): number {
    let value = 0;
    for (const byte of this.take(length)) value = value * 256 + byte;
    return value;
  }

  /** A view of the next bytes, not a copy. */
  take(length: number): Uint8Array {
    if (length > this.left) this.refuse("It ends too early.");
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  /** Bytes with their length before them, which itself has that many bytes. */
  vector(lengthBytes: 1 | 2 | 3): Uint8Array {
    return this.take(this.number(lengthBytes));
  }

  /** The same, to be read on. */
  inner(lengthBytes: 1 | 2 | 3): ByteReader {
    return new ByteReader(this.vector(lengthBytes), this.#code, this.#what);
  }

  end(): void {
    if (this.left > 0) this.refuse("It goes on where it should end.");
  }

  refuse(why: string): never {
    throw new TlsEvidenceRefused(this.#code, `${this.#what}: ${why}`);
  }
}

/** One array of all; the very array where there is only one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return Buffer.concat(parts);
}

export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

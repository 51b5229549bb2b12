import { TlsEvidenceRefused } from "../../tls-refusal.ts";
import { decodeHuffman } from "./huffman.ts";
import { staticTable } from "./static-table.ts";

type Field = readonly [name: string, value: string];

const entryOverhead = 32;
const firstTableSize = 4096;
/** What Chromium allows; the client's setting itself is encrypted, and only an encoder that was told it may go there. */
const largestTableSize = 2 ** 16;
const longestList = 2 ** 18;
/** A repeated index is one byte and may stand for many: all of a connection together. */
const longestOfAll = 4 * 2 ** 20;

/** Decodes header blocks (RFC 7541) in their order; each may refer to what earlier ones brought. */
export class HpackDecoder {
  /** Newest first. */
  readonly #table: Field[] = [];
  #size = 0;
  #limit = firstTableSize;
  #left = longestOfAll;

  decode(block: Uint8Array): [string, string][] {
    const reader = new BlockReader(block);
    const fields: [string, string][] = [];
    let length = 0;
    while (reader.left > 0) {
      const field = this.#readField(reader, fields.length === 0);
      if (field === null) continue;
      length += sizeOf(field);
      if (length > longestList) throw new TlsEvidenceRefused("http_too_large");
      fields.push([field[0], field[1]]);
    }
    this.#left -= length;
    if (this.#left < 0) throw new TlsEvidenceRefused("http_too_large");
    return fields;
  }

  /** Null for a change of the table's size, which may only stand before the fields. */
  #readField(reader: BlockReader, first: boolean): Field | null {
    const start = reader.peek();
    if ((start & 0x80) !== 0) return this.#lookUp(reader.integer(7));
    if ((start & 0xc0) === 0x40) {
      const field = this.#readLiteral(reader, 6);
      this.#add(field);
      return field;
    }
    if ((start & 0xe0) !== 0x20) return this.#readLiteral(reader, 4);
    const limit = reader.integer(5);
    if (!first || limit > largestTableSize) invalid();
    this.#limit = limit;
    this.#evict();
    return null;
  }

  #readLiteral(reader: BlockReader, prefix: 4 | 6): Field {
    const index = reader.integer(prefix);
    const name = index === 0 ? reader.string() : this.#lookUp(index)[0];
    return [name, reader.string()];
  }

  #lookUp(index: number): Field {
    const field = index <= staticTable.length ? staticTable[index - 1] : this.#table[index - staticTable.length - 1];
    return field ?? invalid();
  }

  #add(field: Field): void {
    this.#table.unshift(field);
    this.#size += sizeOf(field);
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#limit) {
      const oldest = this.#table.pop();
      if (oldest === undefined) return;
      this.#size -= sizeOf(oldest);
    }
  }
}

class BlockReader {
  readonly #block: Uint8Array;
  #offset = 0;

  constructor(block: Uint8Array) {
    this.#block = block;
  }

  get left(): number {
    return this.#block.length - this.#offset;
  }

  peek(): number {
    return this.#block[this.#offset] ?? invalid();
  }

  integer(prefix: number): number {
    const mask = 2 ** prefix - 1;
    let value = this.peek() & mask;
    this.#offset += 1;
    if (value < mask) return value;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.peek();
      this.#offset += 1;
      value += (byte & 127) * shift;
      if (value > longestList || shift > 2 ** 28) invalid();
      if (byte < 128) return value;
    }
  }

  string(): string {
    const huffman = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    if (length > this.left) invalid();
    const bytes = this.#block.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return Buffer.from(huffman ? decodeHuffman(bytes) : bytes).toString("latin1");
  }
}

const sizeOf = ([name, value]: Field) => name.length + value.length + entryOverhead;

function invalid(): never {
  throw new TlsEvidenceRefused("http_invalid", "A header block.");
}

const firstCapacity = 4096;

/** Pieces put one after the other. Costs no more than twice their length, however small they are. */
export class ByteCollector {
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(firstCapacity, this.#bytes.length * 2, length));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  /** A view of what there is so far. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

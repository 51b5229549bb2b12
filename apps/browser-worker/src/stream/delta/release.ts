/**
 * Gives the memory of a large buffer back at once, and leaves the buffer empty. Left to the collector, two pictures are
 * enough to make it stop the thread and go through all it has, for 5 to 25 ms. A small buffer, which may share its
 * memory with others, is left alone.
 */
export function release({ buffer, byteLength }: Buffer): void {
  if (byteLength > Buffer.poolSize && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

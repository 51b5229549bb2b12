/**
 * Which captured frames the viewer has not drawn yet. The browser keeps at most two frames on the way
 * and captures the next only when one is acknowledged, so the viewer's pace is the capturer's: nothing
 * queues up in between, and what is captured next is always the latest.
 */
export class FrameWindow {
  #lastSeq = 0;
  readonly #waiting: { seq: number; acknowledge: () => void }[] = [];

  /** Number of the packet about to be sent. Runs on across restarts of the capture. */
  add(acknowledge: () => void): number {
    this.#lastSeq = this.#lastSeq === 0xffff_ffff ? 1 : this.#lastSeq + 1;
    this.#waiting.push({ seq: this.#lastSeq, acknowledge });
    return this.#lastSeq;
  }

  /** The viewer has drawn this packet and all before it. An unknown number changes nothing. */
  acknowledge(seq: number): void {
    const index = this.#waiting.findIndex((frame) => frame.seq === seq);
    if (index === -1) return;
    for (const frame of this.#waiting.splice(0, index + 1)) frame.acknowledge();
  }

  /** The capture started anew, or the viewer is another: acknowledgements of old frames mean nothing any more. */
  clear(): void {
    this.#waiting.length = 0;
  }

  get inFlight(): number {
    return this.#waiting.length;
  }
}

import type { Delivery } from "./frame-window.ts";

/** Before anything was measured: 20 Mbit/s. */
const assumedBytesPerMs = 2_500;
/** A smaller packet is gone before its length shows. */
const leastBytes = 8 * 1024;
const weightOfNewest = 0.3;

/** How fast the way to the viewer's eye is, from how long acknowledgements take. The drawing counts in. */
export class LinkMeter {
  #bytesPerMs = assumedBytesPerMs;
  #leastMs = Number.POSITIVE_INFINITY;

  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  note({ bytes, tookMs, alone }: Delivery): void {
    if (alone) this.#leastMs = Math.min(this.#leastMs, tookMs);
    if (bytes < leastBytes) return;
    const measured = bytes / Math.max(1, alone ? tookMs - this.#leastMs : tookMs);
    this.#bytesPerMs += (measured - this.#bytesPerMs) * weightOfNewest;
  }
}

/** So many changes within this time are an animation; a blinking caret makes fewer. */
const changesOfAnimation = 8;
const animationMs = 3_000;
const untouchedForMs = 3_000;
const stillPulses = 5;

export const pulseMs = 200;

/**
 * Whether the page is captured continuously or in pulses. A page that moves by itself for a while and that
 * nobody touches, a spinner for instance, would cost a whole core for what five pictures a second show as
 * well. Any input ends it at once; so does a page that has come to rest.
 */
export class PulsePolicy {
  readonly #now: () => number;
  #lastInput: number;
  /** Times of the latest changes. */
  #changes: number[] = [];
  #still = 0;
  #pulsing = false;

  constructor(now: () => number) {
    this.#now = now;
    this.#lastInput = now();
  }

  get pulsing(): boolean {
    return this.#pulsing;
  }

  noteInput(): void {
    this.#lastInput = this.#now();
    this.#pulsing = false;
  }

  noteFrame(changed: boolean): void {
    const now = this.#now();
    this.#still = changed ? 0 : this.#still + 1;
    if (this.#pulsing) {
      this.#pulsing = this.#still < stillPulses;
      if (!this.#pulsing) this.#changes = [];
      return;
    }
    if (!changed) return;
    this.#changes = [...this.#changes.slice(1 - changesOfAnimation), now];
    const since = this.#changes.length < changesOfAnimation ? Number.NEGATIVE_INFINITY : (this.#changes[0] ?? now);
    this.#pulsing = now - since <= animationMs && now - this.#lastInput >= untouchedForMs;
  }
}

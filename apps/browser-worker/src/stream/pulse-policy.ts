/** A gap this long and the page was at rest: a blinking caret is not an animation. */
const restMs = 400;
const animatedForMs = 2_000;
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
  #lastChange = Number.NEGATIVE_INFINITY;
  #movesSince = Number.NEGATIVE_INFINITY;
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
      if (!this.#pulsing) this.#lastChange = Number.NEGATIVE_INFINITY;
      return;
    }
    if (!changed) return;
    if (now - this.#lastChange > restMs) this.#movesSince = now;
    this.#lastChange = now;
    this.#pulsing = now - this.#movesSince >= animatedForMs && now - this.#lastInput >= untouchedForMs;
  }
}

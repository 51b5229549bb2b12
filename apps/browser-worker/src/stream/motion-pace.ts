/** From one picture of mere motion to the next: thirty a second look as smooth as sixty, and cost half. */
const beatMs = 33;
/** For so long after the user did something the next picture may be the answer. */
const answerMs = 150;

export interface MotionPaceOptions {
  /** Monotonic, milliseconds. */
  now: () => number;
  /** What was held may go on. */
  onFree: () => void;
}

/** Slows the capture of what moves by itself, such as a spinner, and of nothing else. */
export class MotionPace {
  readonly #options: MotionPaceOptions;
  #heldUntil = 0;
  #inputAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MotionPaceOptions) {
    this.#options = options;
  }

  /** The next picture shall wait. */
  get holds(): boolean {
    return this.#options.now() < this.#heldUntil;
  }

  /** A picture was taken up at this time; in all that changed there is only motion, or there is more. */
  notePicture(at: number, onlyMotion: boolean): void {
    const { now } = this.#options;
    const until = at + beatMs;
    // The answer has come.
    if (!onlyMotion && at > this.#inputAt) this.#inputAt = Number.NEGATIVE_INFINITY;
    if (!onlyMotion || now() >= until || now() - this.#inputAt < answerMs) return;
    this.#heldUntil = until;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.free(), until - now());
  }

  noteInput(): void {
    this.#inputAt = this.#options.now();
    if (this.holds) this.free();
  }

  /** Nothing is held any longer. */
  free(): void {
    clearTimeout(this.#timer);
    this.#heldUntil = 0;
    this.#options.onFree();
  }
}

/** Prints what happens as it happens, and remembers when. */
export class Timeline {
  readonly #startedAt: number;
  readonly #marks: Record<string, number> = {};
  readonly #print: (line: string) => void;
  readonly #now: () => number;

  /** `now` in milliseconds, from any fixed point. */
  constructor(print: (line: string) => void, now: () => number) {
    this.#print = print;
    this.#now = now;
    this.#startedAt = now();
  }

  /** A line only. */
  note(text: string): void {
    this.#print(`${this.#elapsed()}  ${text}`);
  }

  /** A line, and a time under `name`; the first one stays. */
  mark(name: string, text: string): void {
    this.#marks[name] ??= Math.round(this.#now() - this.#startedAt);
    this.note(text);
  }

  /** Mark -> milliseconds since the start. */
  milliseconds(): Record<string, number> {
    return { ...this.#marks, total: Math.round(this.#now() - this.#startedAt) };
  }

  #elapsed(): string {
    return `${((this.#now() - this.#startedAt) / 1000).toFixed(2).padStart(7)} s`;
  }
}

import type { ViewerMessage } from "@attestream/shared/viewer-protocol";
import { createLinkQuality, type LinkQuality } from "./link-quality.ts";

/** No closer together than this, milliseconds. */
const betweenMs = 2_500;
/** An answer that takes longer than this is told before it is there. */
const lateMs = 3_000;
/** Nothing at all heard for so long after a question: nobody is there. */
const deadMs = { usual: 20_000, woken: 8_000 } as const;

export interface LinkProbeOptions {
  /** False: there is no open connection. */
  send(message: ViewerMessage): boolean;
  /** Monotonic, milliseconds. */
  now: () => number;
  onQuality(quality: LinkQuality): void;
  /** The connection is open by name only. */
  onDead(): void;
}

/**
 * Asks the worker for an answer and takes the time. Only while somebody uses the page or the link is
 * known to be slow: a page at rest costs not a byte. One for each connection.
 */
export class LinkProbe {
  readonly #options: LinkProbeOptions;
  readonly #meter = createLinkQuality();
  #asked: { id: number; at: number } | null = null;
  #lastAskedAt = Number.NEGATIVE_INFINITY;
  #ids = 0;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkProbeOptions) {
    this.#options = options;
  }

  /** The user does something. */
  noteUse(): void {
    if (this.#asked === null && this.#options.now() - this.#lastAskedAt >= betweenMs) this.#ask();
  }

  /** The page was asleep: whether the connection lived through it is not known. */
  wake(): void {
    if (this.#asked === null) this.#ask();
    this.#expect(deadMs.woken);
  }

  /** Whatever arrives shows that somebody is there. */
  heard(): void {
    if (this.#asked !== null) this.#expect(deadMs.usual);
  }

  answered(id: number): void {
    if (this.#asked?.id !== id) return;
    const took = this.#options.now() - this.#asked.at;
    this.#asked = null;
    clearTimeout(this.#deadline);
    clearTimeout(this.#late);
    this.#note(took);
  }

  stop(): void {
    this.#asked = null;
    for (const timer of [this.#deadline, this.#late, this.#next]) clearTimeout(timer);
  }

  #ask(): void {
    this.#ids += 1;
    clearTimeout(this.#next);
    if (!this.#options.send({ type: "ping", id: this.#ids })) return;
    this.#asked = { id: this.#ids, at: this.#options.now() };
    this.#lastAskedAt = this.#asked.at;
    this.#expect(deadMs.usual);
    this.#late = setTimeout(() => this.#options.onQuality(this.#meter.note(lateMs)), lateMs);
  }

  #expect(withinMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#options.onDead(), withinMs);
  }

  #note(tookMs: number): void {
    const quality = this.#meter.note(tookMs);
    this.#options.onQuality(quality);
    // Nobody would see that it is good again, were it not asked for.
    if (quality !== "good" || this.#meter.undecided) this.#next = setTimeout(() => this.#ask(), betweenMs);
  }
}

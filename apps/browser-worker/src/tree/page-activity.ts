/** When a page counts as settled, milliseconds. */
export interface SettleTimes {
  /** Without any noise. */
  quietMs: number;
  /** A reading request in flight for longer is a long poll, and a DOM that moves for longer than this after the last request is an animation: neither is waited for. */
  patienceMs: number;
  /** The same for a deed: a form is worth more patience than a picture of the weather. */
  deedPatienceMs: number;
  /** Reading requests that begin so long after the last deed are the page's own polling. */
  pollingMs: number;
}

const defaultTimes: SettleTimes = { quietMs: 350, patienceMs: 5_000, deedPatienceMs: 30_000, pollingMs: 10_000 };

/** A navigation of the main document or a request that sends something, against one that only reads. */
export type WorkKind = "deed" | "reading";

/**
 * What happens on a page, as a revision that grows and a word on whether it has come to rest. One
 * timer, armed by events; nothing polls.
 */
export class PageActivity {
  readonly #times: SettleTimes;
  readonly #now: () => number;
  /** Work -> when it is no longer waited for. */
  readonly #inFlight = new Map<object, number>();
  #revision = 0;
  #settled = false;
  #disposed = false;
  #lastNoise: number;
  #lastNetwork: number;
  #lastDeed: number;
  #timer: NodeJS.Timeout | undefined;
  #change = Promise.withResolvers<void>();

  constructor(now: () => number, times: SettleTimes = defaultTimes) {
    this.#now = now;
    this.#times = times;
    this.#lastNoise = this.#lastNetwork = this.#lastDeed = now();
    this.#arm();
  }

  get revision(): number {
    return this.#revision;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** The DOM changed, or something else that a screen might see. */
  noticed(): void {
    const isAnimation = this.#now() - this.#lastNetwork > this.#times.patienceMs;
    this.#lastNoise = this.#now();
    if (!isAnimation) this.#settled = false;
    this.#bump();
    this.#arm();
  }

  began(work: object, kind: WorkKind): void {
    if (kind === "deed") this.#lastDeed = this.#now();
    else if (this.#now() - this.#lastDeed > this.#times.pollingMs) return;
    const { patienceMs, deedPatienceMs } = this.#times;
    this.#inFlight.set(work, this.#now() + (kind === "deed" ? deedPatienceMs : patienceMs));
    this.#network();
  }

  ended(work: object): void {
    if (this.#inFlight.delete(work)) this.#network();
  }

  /** Another document, or another window on top. */
  navigated(): void {
    this.#lastDeed = this.#now();
    this.#network();
  }

  /** Resolves once the revision is greater. */
  async changed(revision: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (this.#revision <= revision) await Promise.race([this.#change.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#inFlight.clear();
  }

  #network(): void {
    this.#lastNetwork = this.#lastNoise = this.#now();
    this.#settled = false;
    this.#bump();
    this.#arm();
  }

  #bump(): void {
    this.#revision += 1;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  #arm(): void {
    if (this.#settled || this.#disposed) return;
    clearTimeout(this.#timer);
    const quietAt = Math.min(this.#lastNoise + this.#times.quietMs, this.#lastNetwork + this.#times.patienceMs);
    const at = Math.max(quietAt, ...this.#inFlight.values());
    this.#timer = setTimeout(() => this.#check(), Math.max(at - this.#now(), 1));
    this.#timer.unref();
  }

  #check(): void {
    const now = this.#now();
    const waiting = [...this.#inFlight.values()].some((until) => now < until);
    const quiet = now - this.#lastNoise >= this.#times.quietMs || now - this.#lastNetwork >= this.#times.patienceMs;
    if (waiting || !quiet) return this.#arm();
    this.#settled = true;
    this.#bump();
  }
}

/** When a page counts as settled, milliseconds. */
export interface SettleTimes {
  /** Without any noise. */
  quietMs: number;
  /** A request in flight for longer is a long poll, and a DOM that moves for longer than this after the last request is an animation: neither is waited for. */
  patienceMs: number;
}

const defaultTimes: SettleTimes = { quietMs: 350, patienceMs: 5_000 };

/**
 * What happens on a page, as a revision that grows and a word on whether it has come to rest. One
 * timer, armed by events; nothing polls.
 */
export class PageActivity {
  readonly #times: SettleTimes;
  readonly #now: () => number;
  readonly #inFlight = new Map<object, number>();
  #revision = 0;
  #settled = false;
  #disposed = false;
  #lastNoise: number;
  #lastNetwork: number;
  #timer: NodeJS.Timeout | undefined;
  #change = Promise.withResolvers<void>();

  constructor(now: () => number, times: SettleTimes = defaultTimes) {
    this.#now = now;
    this.#times = times;
    this.#lastNoise = this.#lastNetwork = now();
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

  began(work: object): void {
    this.#inFlight.set(work, this.#now());
    this.#network();
  }

  ended(work: object): void {
    if (this.#inFlight.delete(work)) this.#network();
  }

  /** A navigation: whatever was in flight for the old document does not matter any more. */
  navigated(): void {
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
    const oldest = [...this.#inFlight.values()].filter((since) => this.#now() - since < this.#times.patienceMs);
    const quietAt = Math.min(this.#lastNoise + this.#times.quietMs, this.#lastNetwork + this.#times.patienceMs);
    const at = oldest.length > 0 ? Math.max(...oldest) + this.#times.patienceMs : quietAt;
    this.#timer = setTimeout(() => this.#check(), Math.max(at - this.#now(), 1));
    this.#timer.unref();
  }

  #check(): void {
    const now = this.#now();
    const waiting = [...this.#inFlight.values()].some((since) => now - since < this.#times.patienceMs);
    const quiet = now - this.#lastNoise >= this.#times.quietMs || now - this.#lastNetwork >= this.#times.patienceMs;
    if (waiting || !quiet) return this.#arm();
    this.#settled = true;
    this.#bump();
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContextOptions } from "playwright";
import type { Logger } from "pino";
import { backoffMs } from "../control/backoff.ts";
import { sessionMiB } from "./available-memory.ts";
import type { LikelySettings, SlotBrowser } from "./launch-browser.ts";
import type { Slot } from "./slot.ts";
import { WarmShelf } from "./warm-shelf.ts";

export interface BrowserPoolOptions {
  slots: readonly Slot[];
  /** Browsers kept running without a session. */
  warmSize: number;
  /** A browser that waited for longer is replaced. */
  maxAgeMs: number;
  launch: (slot: Slot, likely: LikelySettings) => Promise<SlotBrowser>;
  availableMiB: () => Promise<number>;
  /** Monotonic, milliseconds. */
  now: () => number;
  random: () => number;
  log: Logger;
}

const tendEveryMs = 10_000;

/**
 * Hands out browsers, one per session, and takes them back dead. Keeps some running ahead of demand, as many
 * as memory allows, and replaces those that fell ill or grew old. A browser is never used twice.
 */
export class BrowserPool {
  readonly #options: BrowserPoolOptions;
  readonly #free: Slot[];
  readonly #shelf: WarmShelf;
  readonly #disposals = new Set<Promise<void>>();
  readonly #givenBack = new WeakSet<SlotBrowser>();
  readonly #stopping = new AbortController();
  #filling: Promise<void> | null = null;
  #tending: Promise<void> = Promise.resolve();
  #claimsWaiting = 0;
  /** Of the latest session: the next one is often of the same platform. */
  #likely: LikelySettings = null;
  #short = false;

  constructor(options: BrowserPoolOptions) {
    this.#options = options;
    this.#free = [...options.slots];
    this.#shelf = new WarmShelf({ ...options, onGone: (browser) => void this.giveBack(browser) });
  }

  /** Browsers that could take a session at once. */
  get warm(): number {
    return this.#shelf.size;
  }

  /** Fills it and looks after it until `drain`. */
  start(): void {
    this.fill();
    this.#tending = this.#tend();
  }

  /**
   * A warm browser that is well, if possible with a page of these settings, else a new one. Throws when it
   * cannot be started or no slot is free.
   */
  async claim(settings: BrowserContextOptions): Promise<SlotBrowser> {
    if (this.#stopping.signal.aborted) throw new Error("the pool is stopping");
    this.#likely = settings;
    this.#claimsWaiting += 1;
    try {
      for (;;) {
        const ready = await this.#shelf.take(settings);
        if (ready) return ready;
        // A refill or a clean-up may hold the last slot: wait for it rather than fail.
        const busy = [...this.#disposals, ...(this.#filling ? [this.#filling] : [])];
        if (this.#free.length > 0 || busy.length === 0) break;
        await Promise.race(busy);
      }
      const browser = await this.#launchInFreeSlot(settings);
      if (browser === null) throw new Error("no slot is free");
      return browser;
    } finally {
      this.#claimsWaiting -= 1;
      this.fill();
    }
  }

  /** Kills the browser and wipes its slot. Safe to call again. */
  async giveBack(browser: SlotBrowser): Promise<void> {
    if (this.#givenBack.has(browser)) return this.settled();
    this.#givenBack.add(browser);
    await this.#dispose(browser);
    this.fill();
  }

  /** Starts refilling in the background unless that is under way. */
  fill(): void {
    if (!this.#stopping.signal.aborted) void this.#fillTo(this.#options.warmSize);
  }

  /** Stops warming browsers; running sessions are not touched. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#filling, this.#tending]);
    await Promise.all(this.#shelf.clear().map((browser) => this.giveBack(browser)));
  }

  /** Resolves when everything that was given back is gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#disposals);
  }

  /** One look after what is warm. Public for tests, which do not wait. */
  async tend(): Promise<void> {
    await this.#shelf.dropIll();
    if ((await this.#options.availableMiB()) < sessionMiB) this.#shelf.dropOldest("memory is short");
    else if (this.#shelf.hasAged) await this.#renewOldest();
    this.fill();
  }

  async #tend(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(tendEveryMs, undefined, { signal, ref: false }).catch(() => {});
      if (!signal.aborted) await this.tend();
    }
  }

  /** One at a time, and its successor first where there is room: never are all gone at once. */
  async #renewOldest(): Promise<void> {
    if (this.#filling !== null) return;
    await this.#fillTo(this.#options.warmSize + 1);
    this.#shelf.dropOldest("it has waited for long");
  }

  #fillTo(wanted: number): Promise<void> {
    return (this.#filling ??= this.#fillUp(wanted).finally(() => {
      this.#filling = null;
    }));
  }

  async #fillUp(wanted: number): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted && this.#shelf.size < wanted && this.#free.length > 0;) {
      if (!(await this.#hasRoom())) return;
      try {
        const browser = await this.#launchInFreeSlot(this.#likely);
        if (browser === null) return;
        if (signal.aborted) return await this.giveBack(browser);
        this.#shelf.put(browser);
        failures = 0;
        if (this.#claimsWaiting > 0) return;
      } catch (error) {
        failures += 1;
        this.#options.log.error({ err: error, failures }, "a warm browser could not be started");
        await sleep(backoffMs(failures, this.#options.random, 500, 30_000), undefined, { signal }).catch(() => {});
      }
    }
  }

  /** For one more, and for what the sessions that run may still come to. */
  async #hasRoom(): Promise<boolean> {
    const availableMiB = await this.#options.availableMiB();
    const short = availableMiB < 2 * sessionMiB;
    if (short && !this.#short)
      this.#options.log.warn({ availableMiB, warm: this.warm }, "memory is short: no more browsers are warmed");
    this.#short = short;
    return !short;
  }

  async #launchInFreeSlot(likely: LikelySettings): Promise<SlotBrowser | null> {
    const slot = this.#free.shift();
    if (slot === undefined) return null;
    try {
      return await this.#options.launch(slot, likely);
    } catch (error) {
      this.#free.push(slot);
      throw error;
    }
  }

  #dispose(browser: SlotBrowser): Promise<void> {
    const done = this.#clean(browser).finally(() => this.#disposals.delete(done));
    this.#disposals.add(done);
    return done;
  }

  async #clean(browser: SlotBrowser): Promise<void> {
    try {
      await browser.dispose();
    } catch (error) {
      this.#options.log.error({ err: error, slot: browser.slot.index }, "a slot could not be cleaned");
    }
    this.#free.push(browser.slot);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { backoffMs } from "../control/backoff.ts";
import type { SlotBrowser } from "./launch-browser.ts";
import type { Slot } from "./slot.ts";

export interface BrowserPoolOptions {
  slots: readonly Slot[];
  /** Browsers kept running without a session. */
  warmSize: number;
  launch: (slot: Slot) => Promise<SlotBrowser>;
  random: () => number;
  log: Logger;
}

/**
 * Hands out browsers, one per session, and takes them back dead. Keeps some running ahead of demand.
 * A browser is never used twice.
 */
export class BrowserPool {
  readonly #options: BrowserPoolOptions;
  readonly #free: Slot[];
  readonly #warm: SlotBrowser[] = [];
  readonly #disposals = new Set<Promise<void>>();
  readonly #givenBack = new WeakSet<SlotBrowser>();
  readonly #stopping = new AbortController();
  #filling: Promise<void> | null = null;
  #claimsWaiting = 0;

  constructor(options: BrowserPoolOptions) {
    this.#options = options;
    this.#free = [...options.slots];
  }

  /** Browsers that could take a session at once. */
  get warm(): number {
    return this.#warm.length;
  }

  /** A warm browser, else a new one. Throws when it cannot be started or no slot is free. */
  async claim(): Promise<SlotBrowser> {
    if (this.#stopping.signal.aborted) throw new Error("the pool is stopping");
    const ready = this.#warm.shift();
    if (ready) {
      this.fill();
      return ready;
    }
    this.#claimsWaiting += 1;
    try {
      // A refill or a clean-up may hold the last slot: wait for it rather than fail.
      while (this.#free.length === 0 && (this.#filling !== null || this.#disposals.size > 0)) {
        await Promise.race([...this.#disposals, ...(this.#filling ? [this.#filling] : [])]);
        const refilled = this.#warm.shift();
        if (refilled) {
          this.fill();
          return refilled;
        }
      }
      const browser = await this.#launchInFreeSlot();
      if (browser === null) throw new Error("no slot is free");
      return browser;
    } finally {
      this.#claimsWaiting -= 1;
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
    if (this.#stopping.signal.aborted) return;
    this.#filling ??= this.#fillUp().finally(() => {
      this.#filling = null;
    });
  }

  /** Stops warming browsers; running sessions are not touched. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    await this.#filling;
    await Promise.all(this.#warm.splice(0).map((browser) => this.#dispose(browser)));
  }

  /** Resolves when everything that was given back is gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#disposals);
  }

  async #fillUp(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted && this.#warm.length < this.#options.warmSize && this.#free.length > 0;) {
      try {
        const browser = await this.#launchInFreeSlot();
        if (browser === null) return;
        if (signal.aborted) return await this.#dispose(browser);
        this.#warm.push(browser);
        browser.browser.once("disconnected", () => this.#dropDead(browser));
        failures = 0;
        if (this.#claimsWaiting > 0) return;
      } catch (error) {
        failures += 1;
        this.#options.log.error({ err: error, failures }, "a warm browser could not be started");
        await sleep(backoffMs(failures, this.#options.random, 500, 30_000), undefined, { signal }).catch(() => {});
      }
    }
  }

  #dropDead(browser: SlotBrowser): void {
    const index = this.#warm.indexOf(browser);
    if (index === -1) return;
    this.#warm.splice(index, 1);
    this.#options.log.warn({ slot: browser.slot.index }, "a warm browser died");
    void this.giveBack(browser);
  }

  async #launchInFreeSlot(): Promise<SlotBrowser | null> {
    const slot = this.#free.shift();
    if (slot === undefined) return null;
    try {
      return await this.#options.launch(slot);
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

import type { BrowserContextOptions } from "playwright";
import type { Logger } from "pino";
import type { SlotBrowser } from "./launch-browser.ts";

export interface WarmShelfOptions {
  maxAgeMs: number;
  /** A browser that nobody gets any more. */
  onGone: (browser: SlotBrowser) => void;
  now: () => number;
  random: () => number;
  log: Logger;
}

interface Kept {
  browser: SlotBrowser;
  /** From then on it is old. */
  until: number;
}

/** The browsers that wait for a session. What leaves it goes to a session or is gone; nothing comes back. */
export class WarmShelf {
  readonly #options: WarmShelfOptions;
  #kept: Kept[] = [];

  constructor(options: WarmShelfOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#kept.length;
  }

  get hasAged(): boolean {
    const now = this.#options.now();
    return this.#kept.some(({ until }) => until <= now);
  }

  put(browser: SlotBrowser): void {
    const { now, random, maxAgeMs } = this.#options;
    // What was started together does not grow old together.
    this.#kept.push({ browser, until: now() + maxAgeMs * (1 - random() / 4) });
    browser.browser.once("disconnected", () => this.#drop(browser, "it died"));
    if (!browser.browser.isConnected()) this.#drop(browser, "it died");
  }

  /** Of those with a page of these settings, else of all, the one that has waited for longest; if it is not well, the next. */
  async take(settings: BrowserContextOptions): Promise<SlotBrowser | null> {
    for (;;) {
      const fitting = this.#kept.findIndex(({ browser }) => browser.fits(settings));
      const [first] = this.#kept.splice(Math.max(fitting, 0), 1);
      if (first === undefined) return null;
      if (await first.browser.isWell()) return first.browser;
      this.#letGo(first.browser, "it does not answer");
    }
  }

  async dropIll(): Promise<void> {
    const looked = this.#kept.map(async ({ browser }) => {
      if (!(await browser.isWell())) this.#drop(browser, "it does not answer");
    });
    await Promise.all(looked);
  }

  dropOldest(why: string): void {
    const oldest = this.#kept[0];
    if (oldest) this.#drop(oldest.browser, why);
  }

  clear(): SlotBrowser[] {
    return this.#kept.splice(0).map(({ browser }) => browser);
  }

  /** Nothing happens to one that is with a session already. */
  #drop(browser: SlotBrowser, why: string): void {
    const index = this.#kept.findIndex((kept) => kept.browser === browser);
    if (index === -1) return;
    this.#kept.splice(index, 1);
    this.#letGo(browser, why);
  }

  #letGo(browser: SlotBrowser, why: string): void {
    this.#options.log.warn({ slot: browser.slot.index, why }, "a warm browser is replaced");
    this.#options.onGone(browser);
  }
}

import { isDeepStrictEqual } from "node:util";
import type { BrowserContextOptions } from "playwright";
import type { OpenedPage } from "../session/open-page.ts";

export interface SparePageOptions {
  open: (settings: BrowserContextOptions) => Promise<OpenedPage>;
  /** Of the session that will probably come. Null: nobody knows. */
  likely: BrowserContextOptions | null;
}

/**
 * A browser's one page. Made while the browser waits, since a page and its process take longer than all else
 * that a session needs; of use to a session with the same settings. Empty, and behind a proxy that lets
 * nothing through until a session is there.
 */
export class SparePage {
  readonly #open: SparePageOptions["open"];
  readonly #settings: BrowserContextOptions | null;
  #spare: OpenedPage | null = null;

  private constructor({ open, likely }: SparePageOptions) {
    this.#open = open;
    this.#settings = likely;
  }

  static async make(options: SparePageOptions): Promise<SparePage> {
    const made = new SparePage(options);
    if (options.likely === null) return made;
    const spare = await options.open(options.likely);
    spare.page.once("crash", () => {
      made.#spare = null;
    });
    made.#spare = spare;
    return made;
  }

  fits(settings: BrowserContextOptions): boolean {
    return this.#spare !== null && isDeepStrictEqual(this.#settings, settings);
  }

  /** The spare one if it fits. Else a new one, and the spare one is closed. */
  async take(settings: BrowserContextOptions): Promise<OpenedPage> {
    const spare = this.#spare;
    const fits = this.fits(settings);
    this.#spare = null;
    if (spare !== null && fits) return spare;
    void spare?.context.close().catch(() => {});
    return this.#open(settings);
  }
}

import type { BrowserContext, Page } from "playwright";

const mostPages = 6;

export interface PageStackEvents {
  /** A page that was not here before, the first one too. */
  onPage: (page: Page) => void;
  /** Another page is on top now. */
  onCurrent: (page: Page) => void;
  /** The first page is gone: there is nothing to show any more. */
  onEmpty: () => void;
  onCrash: () => void;
}

/** The session's pages: the first one and the windows it opened. The newest is the current one until it closes. */
export class PageStack {
  readonly #pages: Page[] = [];
  readonly #events: PageStackEvents;

  constructor(context: BrowserContext, first: Page, events: PageStackEvents) {
    this.#events = events;
    this.#add(first);
    context.on("page", (page) => {
      if (page === first) return;
      if (this.#pages.length >= mostPages) return void page.close().catch(() => {});
      this.#add(page);
      this.#events.onCurrent(page);
    });
  }

  get current(): Page {
    const page = this.#pages.at(-1);
    if (page === undefined) throw new Error("the session has no page");
    return page;
  }

  /** The page under the current one; undefined while only one is open. */
  get below(): Page | undefined {
    return this.#pages.at(-2);
  }

  get first(): Page | undefined {
    return this.#pages[0];
  }

  #add(page: Page): void {
    this.#pages.push(page);
    this.#events.onPage(page);
    page.on("crash", () => this.#events.onCrash());
    page.on("close", () => {
      const wasCurrent = this.#pages.at(-1) === page;
      this.#pages.splice(this.#pages.indexOf(page), 1);
      const next = this.#pages.at(-1);
      if (next === undefined) this.#events.onEmpty();
      else if (wasCurrent) this.#events.onCurrent(next);
    });
  }
}

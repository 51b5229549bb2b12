import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { findFirefox } from "./find-firefox.ts";

export type ViewerKind = "Chromium" | "Firefox";

interface Point {
  x: number;
  y: number;
}

/** An end user's browser that shows the frame page: both kinds are driven by the same hands. */
export class Viewer implements AsyncDisposable {
  readonly kind: ViewerKind;
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(kind: ViewerKind, browser: Browser, page: Page) {
    this.kind = kind;
    this.#browser = browser;
    this.page = page;
  }

  static async launch(kind: ViewerKind): Promise<Viewer> {
    const browser = await (kind === "Firefox"
      ? puppeteer.launch({ browser: "firefox", executablePath: findFirefox(), headless: true })
      : puppeteer.launch({
          executablePath: (await findChromium(undefined)).path,
          headless: "shell",
          // It shows our own pages only; Chromium refuses its sandbox to root.
          args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
        }));
    return new Viewer(kind, browser, await browser.newPage());
  }

  /** Resolves once the picture is there and the page takes input. */
  async open(url: string, viewport = { width: 900, height: 700 }): Promise<void> {
    // As with a head, where a page may write into the clipboard after the user has done something.
    if (this.kind === "Chromium")
      await this.#browser
        .defaultBrowserContext()
        .setPermission(new URL(url).origin, { permission: { name: "clipboard-write" }, state: "granted" });
    await this.page.setViewport(viewport);
    await this.page.goto(url);
    await this.ready();
  }

  async ready(): Promise<void> {
    try {
      await this.page.waitForSelector("[data-screen=live] canvas.screen", { timeout: 30_000 });
      await this.page.waitForSelector(".veil", { hidden: true, timeout: 30_000 });
    } catch (error) {
      const words = await this.page.$eval("body", (body) => body.innerText);
      throw new Error(`The frame does not show the page, but: ${words.replace(/\s+/g, " ")}`, { cause: error });
    }
  }

  /** Where a place of the streamed page, as a share of its width and height, is in this window. */
  async at(share: Point): Promise<Point> {
    return this.page.$eval(
      "canvas.screen",
      (canvas, x, y) => {
        const box = canvas.getBoundingClientRect();
        const scale = Math.min(box.width / canvas.width, box.height / canvas.height);
        const [width, height] = [canvas.width * scale, canvas.height * scale];
        return { x: box.x + (box.width - width) / 2 + x * width, y: box.y + (box.height - height) / 2 + y * height };
      },
      share.x,
      share.y,
    );
  }

  /** The keyboard goes to the streamed page, wherever its caret is. */
  async focusPage(): Promise<void> {
    await this.page.focus(".keyboard-target");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

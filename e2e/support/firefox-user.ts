import puppeteer, { type Browser, type Frame } from "puppeteer-core";
import type { ChallengeKind } from "@attestream/shared";
import { findFirefox } from "./find-firefox.ts";

/** An end user with Firefox, driven over WebDriver BiDi; knows nothing but what a person sees. */
export class FirefoxUser implements AsyncDisposable {
  readonly #browser: Browser;
  #frame: Frame | null = null;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<FirefoxUser> {
    const executablePath = findFirefox();
    return new FirefoxUser(await puppeteer.launch({ browser: "firefox", executablePath, headless: true }));
  }

  get frame(): Frame {
    if (this.#frame === null) throw new Error("The partner's page shows no frame yet.");
    return this.#frame;
  }

  /** Resolves to the session's id once the frame is up. */
  async startVerification(partnerUrl: string): Promise<string> {
    const page = await this.#browser.newPage();
    await page.setViewport({ width: 1100, height: 860 });
    await page.goto(partnerUrl);
    await page.locator("::-p-text(Verify your account)").click();
    this.#frame = await page.waitForFrame((frame) => /\/verify\/[0-9a-f-]{36}/.test(frame.url()), { timeout: 30_000 });
    const id = /\/verify\/([0-9a-f-]{36})/.exec(this.#frame.url())?.[1];
    if (!id) throw new Error("The frame's address names no session.");
    return id;
  }

  async agree(): Promise<void> {
    await this.frame.locator("::-p-text(Agree and continue)").click();
  }

  async waitForChallenge(kind: ChallengeKind): Promise<void> {
    await this.frame.waitForSelector(`[data-challenge="${kind}"]`, { timeout: 60_000 });
  }

  async waitForScreen(screen: string): Promise<void> {
    await this.frame.waitForSelector(`[data-screen="${screen}"]`, { timeout: 60_000 });
  }

  /** Key by key into the streamed page. */
  async type(text: string): Promise<void> {
    await this.frame.focus(".keyboard-target");
    await this.frame.page().keyboard.type(text, { delay: 15 });
  }

  async press(key: "Tab" | "Enter"): Promise<void> {
    await this.frame.page().keyboard.press(key);
  }

  /** How many colours the picture has: a blank one has one. */
  async coloursOfPicture(): Promise<number> {
    return this.frame.$eval("canvas.screen", (canvas) => {
      const { width, height } = canvas;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
      const colours = new Set<string>();
      for (let at = 0; at < pixels.length; at += 4) colours.add(pixels.subarray(at, at + 3).join());
      return colours.size;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

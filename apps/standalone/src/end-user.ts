import type { Browser, FrameLocator, Page } from "playwright";
import type { ChallengeKind, SessionStatus } from "@attestream/shared";
import { embedNamespace } from "@attestream/shared/embed-messages";

export interface EndUserOptions {
  browser: Browser;
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  hasTouch?: boolean;
  isMobile?: boolean;
  deviceScaleFactor?: number;
  /** Called for every status that the frame tells the partner's page. */
  onStatus?: (status: SessionStatus) => void;
}

/**
 * A scripted end user in a browser of their own: opens the partner's page, agrees, and types into the
 * streamed picture. It knows nothing but what a person sees, the frame's words, and has nothing but a
 * keyboard and a pointer.
 */
export class EndUser {
  readonly page: Page;
  readonly #waiting = new Map<SessionStatus, PromiseWithResolvers<void>>();

  private constructor(page: Page) {
    this.page = page;
  }

  static async open({ browser, onStatus, ...context }: EndUserOptions): Promise<EndUser> {
    const opened = await browser.newContext(context);
    const user = new EndUser(await opened.newPage());
    await user.#listen(onStatus);
    return user;
  }

  /** The partner's page hears the frame by postMessage, and so do we. */
  async #listen(onStatus: ((status: SessionStatus) => void) | undefined): Promise<void> {
    await this.page.exposeFunction("reportStatus", (status: SessionStatus) => {
      onStatus?.(status);
      this.#reached(status).resolve();
    });
    // A text, because it runs in the page: exposed functions and window are not known here.
    await this.page.addInitScript({
      content: `addEventListener("message", ({ data }) => {
        if (data?.ns === ${JSON.stringify(embedNamespace)} && data.type === "status") reportStatus(data.payload.status);
      });`,
    });
  }

  #reached(status: SessionStatus): PromiseWithResolvers<void> {
    const known = this.#waiting.get(status) ?? Promise.withResolvers<void>();
    this.#waiting.set(status, known);
    return known;
  }

  /** Resolves once the frame has told of this status, now or before. */
  async waitForStatus(status: SessionStatus, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = () =>
      aborted.reject(new Error(`The session did not reach ${status} in time.`, { cause: signal.reason }));
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([this.#reached(status).promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** The frame inside the partner's page. */
  get frame(): FrameLocator {
    return this.page.frameLocator("iframe");
  }

  /** The streamed picture. */
  get picture() {
    return this.frame.locator("canvas.screen");
  }

  /** Resolves to the session's id once the partner's page has put the frame up. */
  async startVerification(partnerUrl: string): Promise<string> {
    await this.page.goto(partnerUrl);
    await this.page
      .getByRole("button", { name: /verify/i })
      .first()
      .click();
    const source = await this.page.locator("iframe").getAttribute("src");
    const id = source && /\/verify\/([0-9a-f-]{36})/.exec(source)?.[1];
    if (!id) throw new Error("The partner's page shows no frame.");
    return id;
  }

  async agree(): Promise<void> {
    await this.frame.getByRole("button", { name: /^agree/i }).click();
  }

  async waitForChallenge(kind: ChallengeKind): Promise<void> {
    try {
      await this.frame.locator(`[data-challenge="${kind}"]`).waitFor();
    } catch (error) {
      const shown = await this.frame.locator("body").innerText();
      throw new Error(`The frame does not ask for ${kind}. It shows: ${shown.replace(/\s+/g, " ")}`, { cause: error });
    }
  }

  /** Types into the streamed page, key by key; the site has put the caret into its first field. */
  async type(text: string): Promise<void> {
    await this.frame.locator(".keyboard-target").focus();
    await this.page.keyboard.type(text, { delay: 15 });
  }

  /** Puts a text in at once, as a clipboard or a password manager does. */
  async insert(text: string): Promise<void> {
    await this.frame.locator(".keyboard-target").focus();
    await this.page.keyboard.insertText(text);
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  async logIn(username: string, password: string): Promise<void> {
    await this.waitForChallenge("login");
    await this.type(username);
    await this.press("Tab");
    await this.type(password);
    await this.press("Enter");
  }

  /** Writes into the frame's own fields, by their labels, and presses its button. */
  async fillIn(values: Record<string, string>, button: string): Promise<void> {
    for (const [label, value] of Object.entries(values))
      await this.frame.getByLabel(label, { exact: true }).fill(value);
    await this.frame.locator(".turn-form").getByRole("button", { name: button, exact: true }).click();
  }

  async enterCode(code: string): Promise<void> {
    await this.waitForChallenge("otp");
    await this.type(code);
    await this.press("Enter");
  }

  /** By the frame's own button, and its question whether one is sure. */
  async cancel(): Promise<void> {
    await this.frame.getByRole("button", { name: /^cancel/i }).click();
    await this.frame
      .getByRole("dialog")
      .getByRole("button", { name: /cancel|stop|end/i })
      .first()
      .click();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

import { z } from "zod";
import type { RawBrowser } from "./raw-browser.ts";
import { viewSize } from "../pages/view-size.ts";

export interface RawFrame {
  /** base64, as it came. */
  data: string;
  /** `performance.now()` when it had arrived. */
  at: number;
  /** Lets the browser capture the next. */
  acknowledge(): void;
}

export type ImageFormat = { format: "png" } | { format: "jpeg"; quality: number };

const frameSchema = z.object({ data: z.string(), sessionId: z.int() });
const idsSchema = z.object({
  browserContextId: z.string().optional(),
  targetId: z.string().optional(),
  sessionId: z.string().optional(),
});

/** One page of a raw browser and its screencast. */
export class RawPage {
  readonly #browser: RawBrowser;
  readonly #session: string;
  readonly #target: string;
  #stopListening: () => void = () => {};

  private constructor(browser: RawBrowser, target: string, session: string) {
    this.#browser = browser;
    this.#target = target;
    this.#session = session;
  }

  /** An empty page of the bench's size in a context of its own. */
  static async open(browser: RawBrowser): Promise<RawPage> {
    const { cdp } = browser;
    const { browserContextId } = idsSchema.parse(await cdp.send("Target.createBrowserContext"));
    const target = { url: "about:blank", browserContextId, ...viewSize };
    const { targetId = "" } = idsSchema.parse(await cdp.send("Target.createTarget", target));
    const attached = await cdp.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new RawPage(browser, targetId, idsSchema.parse(attached).sessionId ?? "");
    await Promise.all([
      page.send("Page.enable"),
      page.send("Emulation.setDeviceMetricsOverride", { ...viewSize, deviceScaleFactor: 1, mobile: false }),
      page.send("Emulation.setFocusEmulationEnabled", { enabled: true }),
    ]);
    return page;
  }

  send(method: string, params: object = {}): Promise<unknown> {
    return this.#browser.cdp.send(method, params, this.#session);
  }

  async navigate(url: string): Promise<void> {
    const { errorText } = z
      .looseObject({ errorText: z.string().optional() })
      .parse(await this.send("Page.navigate", { url }));
    if (errorText !== undefined) throw new Error(`${url}: ${errorText}`);
  }

  /** Two frames may be on their way, as the product asks for. */
  async startScreencast(image: ImageFormat, onFrame: (frame: RawFrame) => void): Promise<void> {
    this.#stopListening();
    this.#stopListening = this.#browser.cdp.listen(({ method, sessionId, params }) => {
      if (method !== "Page.screencastFrame" || sessionId !== this.#session) return;
      const at = performance.now();
      const frame = frameSchema.parse(params);
      const acknowledge = () =>
        void this.send("Page.screencastFrameAck", { sessionId: frame.sessionId }).catch(() => {});
      onFrame({ data: frame.data, at, acknowledge });
    });
    await this.send("Page.startScreencast", { ...image, maxFramesInFlight: 2, sendLastFrame: true });
  }

  async stopScreencast(): Promise<void> {
    this.#stopListening();
    await this.send("Page.stopScreencast");
  }

  async click(x: number, y: number): Promise<void> {
    const press = { x, y, button: "left", clickCount: 1 };
    void this.send("Input.dispatchMouseEvent", { ...press, type: "mousePressed", buttons: 1 }).catch(() => {});
    await this.send("Input.dispatchMouseEvent", { ...press, type: "mouseReleased", buttons: 0 });
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#browser.cdp.send("Target.closeTarget", { targetId: this.#target }).catch(() => {});
  }
}

import { join } from "node:path";
import type { Frame, Page } from "playwright";
import { z } from "zod";
import { markerPoint } from "../pages/marker.ts";

/** What looks on inside the viewer's pages; see browser/probe.js. */
export const probeFile = join(import.meta.dirname, "browser/probe.js");

const receivedSchema = z.object({
  messages: z.number(),
  bytes: z.number(),
  pictures: z.number(),
  sent: z.number(),
  sentBytes: z.number(),
  /** By the viewer's clock, milliseconds. */
  at: z.number(),
});
export type Received = z.infer<typeof receivedSchema>;

/** Milliseconds since the pointer went down: until it was on the canvas, and until the last picture before that had come. */
const drawnSchema = z.object({ drawnMs: z.number(), cameMs: z.number() });
export type Drawn = z.infer<typeof drawnSchema>;

/** A picture of a streamed page in a real browser, the product's or the peer's: the same hands, the same eyes. */
export class Viewer implements AsyncDisposable {
  /** For pointer and keyboard. */
  readonly page: Page;
  /** The document that has the canvas. */
  readonly frame: Frame;

  constructor(page: Page, frame: Frame) {
    this.page = page;
    this.frame = frame;
  }

  /** Moves the pointer over a point of the picture. */
  async pointAt(x: number, y: number): Promise<void> {
    const box = await this.frame.locator("canvas.screen").boundingBox();
    if (box === null) throw new Error("the picture is not shown");
    await this.page.mouse.move(box.x + x, box.y + y);
  }

  /** Presses where the pointer is. Resolves when the marker's state is drawn; to null when it never is. */
  async pressAndAwait(state: number, lostAfterMs: number): Promise<Drawn | null> {
    await this.#probe(`watchFor(${JSON.stringify(markerPoint)}, ${state}, ${lostAfterMs})`);
    const pressed = this.page.mouse.down().then(() => this.page.mouse.up());
    const [drawn] = await Promise.all([this.drawn(), pressed]);
    return drawn;
  }

  /** Null before there is a picture. */
  async markerState(): Promise<number | null> {
    return z
      .number()
      .nullable()
      .parse(await this.#probe(`markerState(${JSON.stringify(markerPoint)})`));
  }

  async received(): Promise<Received> {
    return receivedSchema.parse(await this.#probe("received()"));
  }

  async takeKeyLatencies(): Promise<number[]> {
    return z.array(z.number()).parse(await this.#probe("takeKeyLatencies()"));
  }

  async startCountingPictures(area: { x: number; y: number; width: number; height: number }): Promise<void> {
    await this.#probe(`countPictures(${JSON.stringify(area)})`);
  }

  /** Pictures per second since counting began. */
  async stopCountingPictures(): Promise<number> {
    return z.number().parse(await this.#probe("stopCounting()"));
  }

  /** Begins to look for a state that no press of ours brings about. */
  async watchFor(state: number, lostAfterMs: number): Promise<void> {
    await this.#probe(`watchFor(${JSON.stringify(markerPoint)}, ${state}, ${lostAfterMs})`);
  }

  /** After the first press since `watchFor`. */
  async drawn(): Promise<Drawn | null> {
    return drawnSchema.nullable().parse(await this.#probe("drawn()"));
  }

  /** Resolves once a text, evaluated in the picture's document, is true. */
  async until(condition: string, timeoutMs = 60_000): Promise<void> {
    // Playwright's own waiting evaluates texts later, which the frame's policy forbids.
    const fulfilled = await this.frame.evaluate(`new Promise((resolve) => {
      const giveUpAt = performance.now() + ${timeoutMs};
      const look = () => {
        if (${condition}) resolve(true);
        else if (performance.now() > giveUpAt) resolve(false);
        else setTimeout(look, 20);
      };
      look();
    })`);
    if (fulfilled !== true) throw new Error(`within ${timeoutMs} ms this did not come true: ${condition}`);
  }

  // Texts, because they run in the page: its globals are not known here.
  #probe(call: string): Promise<unknown> {
    return this.frame.evaluate(`benchProbe.${call}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}

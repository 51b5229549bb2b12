import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Browser } from "playwright";
import { z } from "zod";
import { ShapedLink, type LinkShape } from "../link/shaped-link.ts";
import { markerPoint, markerStates } from "../pages/marker.ts";
import { pageUrl, type PageName } from "../pages/site-pages.ts";
import { viewSize } from "../pages/view-size.ts";
import { probeFile, Viewer } from "../viewer/viewer.ts";
import type { Codec } from "./caster.ts";

export interface PeerOptions {
  browser: Browser;
  sitePort: number;
}

export interface CastOptions {
  page: PageName;
  codec: Codec;
  link: LinkShape | null;
}

/** The process of the casters, and viewers of it in the same browser as the product's. */
export class Peer implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #port: number;
  readonly #stop: () => Promise<void>;

  private constructor(browser: Browser, port: number, stop: () => Promise<void>) {
    this.#browser = browser;
    this.#port = port;
    this.#stop = stop;
  }

  static async start({ browser, sitePort }: PeerOptions): Promise<Peer> {
    const program = join(import.meta.dirname, "main.ts");
    const child = spawn(process.execPath, ["--conditions=@attestream/source", program], {
      env: { ...process.env, SITE_PORT: String(sitePort) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const exited = once(child, "exit");
    const failed = exited.then(() => Promise.reject(new Error("the peer's caster did not start")));
    failed.catch(() => {});
    const [message] = await Promise.race([once(child, "message"), failed]);
    const { port } = z.object({ port: z.int() }).parse(message);
    return new Peer(browser, port, async () => {
      child.kill("SIGTERM");
      await exited;
    });
  }

  /** A viewer of a page by one of the casters, its picture shown. Closing the viewer ends the cast. */
  async open({ page: name, codec, link }: CastOptions): Promise<Viewer> {
    await using undo = new AsyncDisposableStack();
    const line = link && undo.use(await ShapedLink.listen(link));
    line?.leadTo(this.#port);
    const context = await this.#browser.newContext({ viewport: { ...viewSize } });
    undo.defer(() => context.close());
    const page = await context.newPage();
    await page.addInitScript({ path: probeFile });
    const query = new URLSearchParams({ port: String(line?.port ?? this.#port), codec, page: pageUrl(name) });
    await page.goto(`http://127.0.0.1:${this.#port}/?${query.toString()}`);
    const viewer = new Viewer(page, page.mainFrame());
    // The empty page that may be cast before is white where this one has its marker.
    await viewer.until(
      `benchProbe.canvasSize()?.width === ${viewSize.width} && benchProbe.markerState(${JSON.stringify(markerPoint)}) !== ${markerStates - 1}`,
    );
    const life = undo.move();
    return Object.assign(viewer, { [Symbol.asyncDispose]: () => life.disposeAsync() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

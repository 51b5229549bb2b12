import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { z } from "zod";
import { createClient } from "@attestream/sdk";
import { EndUser } from "@attestream/standalone/end-user";
import { startSystem, type System } from "@attestream/standalone/system";
import { ShapedLink, unlimited, type LinkShape } from "../link/shaped-link.ts";
import type { BenchPages } from "../pages/serve-pages.ts";
import { siteHost, type PageName } from "../pages/site-pages.ts";
import { viewSize } from "../pages/view-size.ts";
import { probeFile, Viewer } from "../viewer/viewer.ts";

export interface ProductOptions {
  pages: BenchPages;
  /** Data and database, a new folder of its own. */
  folder: string;
  /** The end users' Chromium. */
  browser: Browser;
  poolSize: number;
  /** Viewers' streams come over a line that can be shaped. */
  linked: boolean;
}

export interface OpenedSession {
  sessionId: string;
  viewer: Viewer;
  end(): Promise<void>;
}

/** A busy machine takes its time. */
const startWithinMs = 300_000;
const openWithinMs = 60_000;

/** The product as `npm start` runs it: API, worker, frame. Nothing in it knows that it is measured. */
export class Product implements AsyncDisposable {
  readonly system: System;
  readonly client: ReturnType<typeof createClient>;
  readonly #options: ProductOptions;
  readonly #life: AsyncDisposableStack;
  readonly #platforms: Map<string, number>;
  readonly #line: ShapedLink | null;

  private constructor(
    system: System,
    client: ReturnType<typeof createClient>,
    options: ProductOptions,
    platforms: Map<string, number>,
    line: ShapedLink | null,
    life: AsyncDisposableStack,
  ) {
    this.system = system;
    this.client = client;
    this.#options = options;
    this.#platforms = platforms;
    this.#line = line;
    this.#life = life;
  }

  static async start(options: ProductOptions): Promise<Product> {
    await using undo = new AsyncDisposableStack();
    const { pages, folder, linked } = options;
    await mkdir(folder, { recursive: true });
    const line = linked ? undo.use(await ShapedLink.listen(unlimited)) : null;
    const system = await startSystem({
      dataDir: join(folder, "data"),
      ports: { api: 0, partner: 0, bank: 0, worker: 0 },
      environment: {
        ...process.env,
        LOG_LEVEL: process.env["LOG_LEVEL"] ?? "warn",
        POOL_SIZE: String(options.poolSize),
        WORKER_CAPACITY: "10",
        PLATFORMS_DIRS: pages.platformsDir,
        EXTRA_CA_FILE: pages.caFile,
        EGRESS_DEV_HOSTS: `${siteHost}=127.0.0.1:${pages.sitePort}`,
        ...(line ? { STREAM_ORIGIN: `http://127.0.0.1:${line.port}` } : {}),
      },
      signal: AbortSignal.timeout(startWithinMs),
    });
    undo.defer(() => system.stop());
    line?.leadTo(Number(new URL(system.apiUrl).port));
    const client = createClient({ baseUrl: system.apiUrl, apiKey: system.demoApiKey });
    const platforms = new Map((await client.platforms()).map(({ name, id }) => [name, id]));
    return new Product(system, client, options, platforms, line, undo.move());
  }

  /** For the viewers that come from now on. */
  shapeLink(shape: LinkShape): void {
    if (this.#line === null) throw new Error("this product has no link to shape");
    this.#line.shape = shape;
  }

  /** The worker and all that it has started: its threads, its browsers. */
  get workerPid(): number {
    return Number(this.system.parts.worker.pid);
  }

  get apiPid(): number {
    return Number(this.system.parts.api.pid);
  }

  async createSession(page: PageName, consent: boolean): Promise<{ sessionId: string; embedUrl: string }> {
    const platformId = this.#platforms.get(`bench-${page}`);
    if (platformId === undefined) throw new Error(`the platform of the page "${page}" was not loaded`);
    return await this.client.createSession({ platformId, consent });
  }

  /** A partner's page on another site than the API, with the frame in it. Does not wait for a picture. */
  async openFrame(embedUrl: string): Promise<Viewer> {
    const { browser, pages } = this.#options;
    const user = await EndUser.open({ browser, viewport: { width: 1700, height: 1200 } });
    await user.page.addInitScript({ path: probeFile });
    await user.page.goto(`${pages.partnerUrl}/?embed=${encodeURIComponent(embedUrl)}`);
    const frame = await (await user.page.locator("iframe").elementHandle())?.contentFrame();
    if (!frame) throw new Error("the partner's page has no frame");
    return new Viewer(user.page, frame);
  }

  /** A session whose page is shown at its size and takes input. */
  async open(page: PageName): Promise<OpenedSession> {
    const { sessionId, embedUrl } = await this.createSession(page, false);
    const viewer = await this.openFrame(embedUrl);
    try {
      await viewer.frame.locator("[data-challenge]").waitFor({ timeout: openWithinMs });
      await fitPicture(viewer);
    } catch (error) {
      const shown = await viewer.frame
        .locator("body")
        .innerText()
        .catch(() => "nothing");
      throw new Error(`the session with "${page}" did not open; the frame shows: ${shown.replace(/\s+/g, " ")}`, {
        cause: error,
      });
    }
    const end = async () => {
      await viewer[Symbol.asyncDispose]();
      await this.client.terminate(sessionId);
    };
    return { sessionId, viewer, end };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#life.disposeAsync();
  }
}

const glassSchema = z.object({ clientWidth: z.number(), clientHeight: z.number() });

/** Gives the frame so much room that the page within has exactly the bench's size, pixel for pixel. */
export async function fitPicture(viewer: Viewer): Promise<void> {
  const { page, frame } = viewer;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const glass = glassSchema.parse(
      await frame.evaluate(
        `(({ clientWidth, clientHeight }) => ({ clientWidth, clientHeight }))(document.querySelector(".glass"))`,
      ),
    );
    // In whole pixels, as the frame itself reads it.
    const [wider, taller] = [viewSize.width - glass.clientWidth, viewSize.height - glass.clientHeight];
    if (wider === 0 && taller === 0) break;
    await growFrame(page, wider, taller);
  }
  const { width, height } = viewSize;
  await viewer.until(
    `[benchProbe.canvasSize()].some((size) => size?.width === ${width} && size.height === ${height} && size.shown === ${width})`,
    openWithinMs,
  );
}

function growFrame(page: Page, wider: number, taller: number): Promise<unknown> {
  return page.evaluate(`(() => {
    const frame = document.querySelector("iframe");
    frame.style.width = frame.clientWidth + ${Math.round(wider)} + "px";
    frame.style.height = frame.clientHeight + ${Math.round(taller)} + "px";
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  })()`);
}

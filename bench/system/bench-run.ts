import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { launchViewerBrowser } from "@attestream/standalone/viewer-browser";
import { RawBrowser } from "../floor/raw-browser.ts";
import { unlimited, type LinkShape } from "../link/shaped-link.ts";
import { servePages, type BenchPages } from "../pages/serve-pages.ts";
import { siteHost } from "../pages/site-pages.ts";
import { Peer } from "../peer/peer.ts";
import { Product } from "./product.ts";

export interface BenchOptions {
  /** A few samples of each, to see that it runs: the figures mean nothing. */
  quick: boolean;
  progress: (line: string) => void;
  signal: AbortSignal;
}

/** What the rows of one run share. Each part is started when it is first asked for; all end with the run. */
export interface BenchRun extends AsyncDisposable, BenchOptions {
  browser(): Promise<Browser>;
  peer(): Promise<Peer>;
  /** A new one each time; the caller's own, and gone with the run at the latest. */
  rawBrowser(): Promise<RawBrowser>;
  /** The one that is asked for lives until another is asked for: two would share the machine. */
  product(options?: { poolSize?: number; link?: LinkShape | null }): Promise<Product>;
}

export async function startBenchRun(options: BenchOptions): Promise<BenchRun> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "attestream-bench-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const pages: BenchPages = undo.use(await servePages(folder));
  const life = undo.move();
  let browser: Promise<Browser> | undefined;
  let peer: Promise<Peer> | undefined;
  let product: { key: string; started: Promise<Product> } | undefined;
  let products = 0;
  const rawBrowsers = new Set<RawBrowser>();
  life.defer(async () => {
    for (const raw of rawBrowsers) await raw[Symbol.asyncDispose]();
    await product?.started.then((started) => started[Symbol.asyncDispose]()).catch(() => {});
    await peer?.then((started) => started[Symbol.asyncDispose]()).catch(() => {});
    await browser?.then((started) => started.close()).catch(() => {});
  });

  const run: BenchRun = {
    ...options,
    browser() {
      browser ??= findChromium(process.env["CHROMIUM_PATH"]).then(({ path }) => launchViewerBrowser(path));
      return browser;
    },
    peer() {
      peer ??= run.browser().then((viewers) => Peer.start({ browser: viewers, sitePort: pages.sitePort }));
      return peer;
    },
    async rawBrowser() {
      const raw = await RawBrowser.start({ sitePort: pages.sitePort, siteHost });
      rawBrowsers.add(raw);
      return raw;
    },
    async product({ poolSize = 0, link = null } = {}) {
      // A quick run spares itself a second start: an unlimited line does no harm where figures mean nothing.
      const linked = link !== null || options.quick;
      const key = JSON.stringify({ poolSize, linked });
      if (product?.key !== key) await startProduct(key, { poolSize, linked });
      const started = await product?.started.catch((error: unknown) => {
        // The next one who asks may have more luck.
        product = undefined;
        throw error;
      });
      if (started === undefined) throw new Error("the product has been stopped");
      if (linked) started.shapeLink(link ?? unlimited);
      return started;
    },
    [Symbol.asyncDispose]: () => life.disposeAsync(),
  };

  async function startProduct(key: string, { poolSize, linked }: { poolSize: number; linked: boolean }): Promise<void> {
    await product?.started.then((before) => before[Symbol.asyncDispose]()).catch(() => {});
    options.signal.throwIfAborted();
    options.progress("starting the product");
    products += 1;
    const own = { pages, folder: join(folder, `product-${products}`), browser: await run.browser() };
    product = { key, started: Product.start({ ...own, poolSize, linked }) };
  }
  return run;
}

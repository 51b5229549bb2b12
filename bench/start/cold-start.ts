import { RawPage } from "../floor/raw-page.ts";
import type { RowGroup } from "../report/bench.ts";
import { median } from "../statistics/quantile.ts";
import type { BenchRun } from "../system/bench-run.ts";
import type { Product } from "../system/product.ts";
import { claimToReady } from "./session-times.ts";

const patienceMs = 30_000;

/** No browser is spare: from the claim of a slot to READY, by the session's log. The floor: a bare process until its first frame. */
export const coldStart: RowGroup = {
  title: "cold start",
  rows: ["start.cold.ratio"],
  async measure(run) {
    const times = run.quick ? 1 : 10;
    const floor: number[] = [];
    for (let index = 0; index < times; index += 1) {
      run.progress(`  raw browser ${index + 1} of ${times}`);
      floor.push(await startRaw(run));
    }
    const product = await run.product();
    const starts: number[] = [];
    for (let index = 0; index < times; index += 1) {
      run.progress(`  the product ${index + 1} of ${times}`);
      starts.push(await startProduct(product));
    }
    return {
      "start.cold.ratio": { value: median(starts), floor: median(floor), note: `p50 of ${times}` },
    };
  },
};

async function startRaw(run: BenchRun): Promise<number> {
  await using browser = await run.rawBrowser();
  const page = await RawPage.open(browser);
  const shown = Promise.withResolvers<number>();
  await page.startScreencast({ format: "png" }, (frame) => {
    frame.acknowledge();
    shown.resolve(frame.at);
  });
  return (await shown.promise) - browser.spawnedAt;
}

async function startProduct(product: Product): Promise<number> {
  const { sessionId, embedUrl } = await product.createSession("login", true);
  // Opening the frame is what claims a slot.
  const viewer = await product.openFrame(embedUrl);
  try {
    const readyMs = await claimToReady(product, sessionId, patienceMs);
    if (readyMs === null) throw new Error("the session did not become READY");
    return readyMs;
  } finally {
    await viewer[Symbol.asyncDispose]();
    await product.client.terminate(sessionId);
  }
}

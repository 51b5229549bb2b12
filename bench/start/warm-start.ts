import { setTimeout as sleep } from "node:timers/promises";
import { stateOf } from "../floor/raw-clicks.ts";
import { RawPage } from "../floor/raw-page.ts";
import { loginMarker } from "../pages/marker.ts";
import { pageUrl } from "../pages/site-pages.ts";
import type { RowGroup } from "../report/bench.ts";
import { median } from "../statistics/quantile.ts";
import type { BenchRun } from "../system/bench-run.ts";
import type { Product } from "../system/product.ts";
import { claimToReady } from "./session-times.ts";

const settleMs = 1_500;
const patienceMs = 20_000;
/** A session that finds no spare browser waits until its frame is opened. */
const claimWithinMs = 4_000;

interface WarmStart {
  /** Claim of the warm browser until the session is READY. */
  claimMs: number;
  /** The user agrees, until the login page is on the viewer's canvas. */
  shownMs: number;
}

/**
 * A warm browser is claimed, and shows a login page. The product does it in two steps with the user in between:
 * claim until READY, by the session's log, and from the user's "Agree" until the page is drawn, by the viewer's clock. The
 * value is their sum. The floor claims a running raw browser and navigates, until the frame is in this process.
 */
export const warmStart: RowGroup = {
  title: "warm start",
  rows: ["start.warm.ratio"],
  async measure(run) {
    const times = run.quick ? 1 : 10;
    const floor: number[] = [];
    for (let index = 0; index < times; index += 1) {
      run.progress(`  raw browser ${index + 1} of ${times}`);
      floor.push(await startRaw(run));
    }
    const product = await run.product({ poolSize: 1 });
    const starts: WarmStart[] = [];
    for (let index = 0; index < times; index += 1) {
      run.progress(`  the product ${index + 1} of ${times}`);
      starts.push(await startProduct(run, product));
    }
    const claim = median(starts.map(({ claimMs }) => claimMs));
    const shown = median(starts.map(({ shownMs }) => shownMs));
    return {
      "start.warm.ratio": {
        value: median(starts.map(({ claimMs, shownMs }) => claimMs + shownMs)),
        floor: median(floor),
        note: `p50 of ${times}; claim to READY ${claim.toFixed(0)} ms, "Agree" to drawn ${shown.toFixed(0)} ms`,
      },
    };
  },
};

async function startRaw(run: BenchRun): Promise<number> {
  await using browser = await run.rawBrowser();
  await browser.cdp.send("Browser.getVersion");
  await sleep(settleMs);
  const claimedAt = performance.now();
  const page = await RawPage.open(browser);
  const shown = Promise.withResolvers<number>();
  await page.startScreencast({ format: "png" }, (frame) => {
    frame.acknowledge();
    if (stateOf(frame) === loginMarker) shown.resolve(frame.at);
  });
  await page.navigate(pageUrl("login"));
  return (await shown.promise) - claimedAt;
}

async function startProduct(run: BenchRun, product: Product): Promise<WarmStart> {
  // The pool fills itself again in the background.
  await sleep(run.quick ? 1_000 : settleMs);
  const { sessionId, embedUrl, claimMs } = await createWarm(product);
  await using viewer = await product.openFrame(embedUrl);
  try {
    const agree = viewer.frame.getByRole("button", { name: /^agree/i });
    await agree.waitFor({ timeout: patienceMs });
    // The stream is open, and the empty page has come.
    await viewer.until("benchProbe.received().pictures > 0", patienceMs);
    await sleep(300);
    await viewer.watchFor(loginMarker, patienceMs);
    await agree.click();
    const drawn = await viewer.drawn();
    if (drawn === null) throw new Error("the login page was not shown");
    return { claimMs, shownMs: drawn.drawnMs };
  } finally {
    await product.client.terminate(sessionId);
  }
}

/** A session that took a spare browser when it was made, as sessions do when there is one. */
async function createWarm(product: Product): Promise<{ sessionId: string; embedUrl: string; claimMs: number }> {
  for (const giveUpAt = performance.now() + 3 * patienceMs; ;) {
    const session = await product.createSession("login", true);
    const claimMs = await claimToReady(product, session.sessionId, claimWithinMs);
    if (claimMs !== null) return { ...session, claimMs };
    await product.client.terminate(session.sessionId);
    if (performance.now() > giveUpAt) throw new Error("no warm browser was spare");
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { clickRawPage } from "../floor/raw-clicks.ts";
import { RawPage } from "../floor/raw-page.ts";
import { pageUrl, type PageName } from "../pages/site-pages.ts";
import type { BenchRun } from "../system/bench-run.ts";
import { unevenGap } from "../viewer/click-series.ts";
import { clickCount, fullCount, lostAfterMs } from "./compared-clicks.ts";

const settleMs = 1_000;

export interface RawClicks extends AsyncDisposable {
  /** Milliseconds of each click until its frame was in this process. */
  click(count: number): Promise<number[]>;
}

/** The floor of input: a raw PNG screencast of the page over a pipe. */
export async function openRaw(run: BenchRun, name: PageName): Promise<RawClicks> {
  await using undo = new AsyncDisposableStack();
  const page = await RawPage.open(undo.use(await run.rawBrowser()));
  await page.navigate(pageUrl(name));
  await sleep(settleMs);
  const life = undo.move();
  return {
    click: (count) => clickRawPage(page, { count: clickCount(run, count), gapMs: unevenGap, lostAfterMs }),
    [Symbol.asyncDispose]: () => life.disposeAsync(),
  };
}

/** The floor of input on one page, and nothing else meanwhile. */
export async function clickRaw(run: BenchRun, name: PageName): Promise<number[]> {
  run.progress(`  raw PNG screencast, ${name}`);
  await using raw = await openRaw(run, name);
  return await raw.click(fullCount);
}

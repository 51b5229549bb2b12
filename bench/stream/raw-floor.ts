import { setTimeout as sleep } from "node:timers/promises";
import { clickRawPage } from "../floor/raw-clicks.ts";
import { RawPage } from "../floor/raw-page.ts";
import { pageUrl, type PageName } from "../pages/site-pages.ts";
import type { BenchRun } from "../system/bench-run.ts";
import { unevenGap } from "../viewer/click-series.ts";
import { clickCount, lostAfterMs } from "./compared-clicks.ts";

const settleMs = 1_000;

/** The floor of input: raw PNG screencast over a pipe, a click until its frame is in this process. */
export async function clickRaw(run: BenchRun, name: PageName, count?: number): Promise<number[]> {
  run.progress(`  raw PNG screencast, ${name}`);
  await using browser = await run.rawBrowser();
  const page = await RawPage.open(browser);
  await page.navigate(pageUrl(name));
  await sleep(settleMs);
  return await clickRawPage(page, { count: clickCount(run, count), gapMs: unevenGap, lostAfterMs });
}

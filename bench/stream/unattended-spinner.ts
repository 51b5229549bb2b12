import { setTimeout as sleep } from "node:timers/promises";
import { RawPage } from "../floor/raw-page.ts";
import { pageUrl } from "../pages/site-pages.ts";
import { cpuPercent, processTree } from "../processes/usage.ts";
import type { RowGroup } from "../report/bench.ts";
import type { BenchRun } from "../system/bench-run.ts";

/** Long enough for a page to count as unattended. */
const settleMs = 5_000;
const watchMs = 10_000;

/** A spinner that nobody touches: what it costs to show it. The floor captures each frame and does nothing with it. */
export const unattendedSpinner: RowGroup = {
  title: "a spinner without input",
  rows: ["spinner.unattended.cpu"],
  async measure(run) {
    const product = await run.product();
    run.progress("  the product, spinner");
    const session = await product.open("spinner");
    let value: number;
    let pictures: number;
    try {
      await sleep(run.quick ? 500 : settleMs);
      const before = await session.viewer.received();
      value = await cpuPercent(() => processTree(product.workerPid), watch(run));
      const after = await session.viewer.received();
      pictures = ((after.pictures - before.pictures) / (after.at - before.at)) * 1000;
    } finally {
      await session.end();
    }
    run.progress("  raw PNG screencast, spinner");
    await using browser = await run.rawBrowser();
    const page = await RawPage.open(browser);
    // Begun on the empty page: between two documents there is nothing to capture.
    await page.startScreencast({ format: "png" }, (frame) => frame.acknowledge());
    await page.navigate(pageUrl("spinner"));
    await sleep(run.quick ? 500 : 1_000);
    const floor = await cpuPercent(() => processTree(browser.pid), watch(run));
    const note = `worker and browser, ${pictures.toFixed(1)} pictures per second; floor: the browser alone, captured without pause`;
    return { "spinner.unattended.cpu": { value, floor, note } };
  },
};

const watch = (run: BenchRun) => () => sleep(run.quick ? 500 : watchMs);

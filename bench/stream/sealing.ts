import type { RowGroup } from "../report/bench.ts";
import { cpuSeconds, processTree } from "../processes/usage.ts";
import { sealingSeconds } from "../floor/sealing-cost.ts";
import { runClickSeries, unevenGap } from "../viewer/click-series.ts";
import { clickCount, lostAfterMs } from "./compared-clicks.ts";

/**
 * The product always seals. So the worker's CPU while a page scrolls is measured, then what it costs to seal and open
 * as many messages of the same sizes with the product's own channel; "without" is the difference of the two.
 */
export const sealing: RowGroup = {
  title: "sealing",
  rows: ["seal.cpu.ratio"],
  async measure(run) {
    const product = await run.product();
    run.progress("  the product, scroll");
    const session = await product.open("scroll");
    try {
      const before = await session.viewer.received();
      const cpuBefore = cpuSeconds(processTree(product.workerPid));
      await runClickSeries(session.viewer, { count: clickCount(run, 20), gapMs: unevenGap, lostAfterMs });
      const withSealing = cpuSeconds(processTree(product.workerPid)) - cpuBefore;
      const after = await session.viewer.received();
      const down = { count: after.messages - before.messages, bytes: after.bytes - before.bytes };
      const up = { count: after.sent - before.sent, bytes: after.sentBytes - before.sentBytes };
      run.progress(`  sealing ${down.count} messages, opening ${up.count}`);
      const cost = await sealingSeconds(down, up);
      return {
        "seal.cpu.ratio": {
          value: withSealing / (withSealing - cost),
          note: `${(cost * 1000).toFixed(0)} ms for ${down.count} messages down and ${up.count} up, of ${withSealing.toFixed(1)} s of the worker and its browser`,
        },
      };
    } finally {
      await session.end();
    }
  },
};

import { setTimeout as sleep } from "node:timers/promises";
import { cpuPercent, processTree } from "../processes/usage.ts";
import type { RowGroup } from "../report/bench.ts";

const settleMs = 3_000;
const watchMs = 10_000;

/** A page on which nothing happens, looked at. CPU: the worker and its one browser; the API's own clockwork is told beside. */
export const stillPage: RowGroup = {
  title: "a still page",
  rows: ["static.bytes", "static.cpu"],
  async measure(run) {
    const product = await run.product();
    run.progress("  the product, still");
    const session = await product.open("still");
    try {
      await sleep(run.quick ? 500 : settleMs);
      const before = await session.viewer.received();
      let apiPercent = 0;
      const percent = await cpuPercent(
        () => processTree(product.workerPid),
        async () => {
          apiPercent = await cpuPercent(
            () => [product.apiPid],
            () => sleep(run.quick ? 500 : watchMs),
          );
        },
      );
      const after = await session.viewer.received();
      return {
        "static.bytes": { value: after.bytes - before.bytes },
        "static.cpu": { value: percent, note: `the API's process beside it: ${apiPercent.toFixed(1)} %` },
      };
    } finally {
      await session.end();
    }
  },
};

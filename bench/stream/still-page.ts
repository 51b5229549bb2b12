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
      const watch = sleep(run.quick ? 500 : watchMs);
      const [all, worker, api] = await Promise.all(
        [processTree(product.workerPid), [product.workerPid], [product.apiPid]].map((pids) =>
          cpuPercent(
            () => pids,
            () => watch,
          ),
        ),
      );
      const after = await session.viewer.received();
      return {
        "static.bytes": { value: after.bytes - before.bytes },
        "static.cpu": {
          value: all ?? null,
          note: `of it the worker's process ${worker?.toFixed(1)} %; the API's beside it ${api?.toFixed(1)} %`,
        },
      };
    } finally {
      await session.end();
    }
  },
};

import { setTimeout as sleep } from "node:timers/promises";
import { cpuPercent, processTree } from "../processes/usage.ts";
import type { RowGroup } from "../report/bench.ts";
import { median } from "../statistics/quantile.ts";

const settleMs = 3_000;
const watchMs = 10_000;
/** The kernel counts in hundredths of a second, which is a fifth of the goal in one watch. */
const watches = 5;

/** A page on which nothing happens, looked at. CPU: the worker and its one browser; the API's own clockwork is told beside. */
export const stillPage: RowGroup = {
  title: "a still page",
  rows: ["static.bytes", "static.cpu"],
  async measure(run) {
    const product = await run.product();
    run.progress("  the product, still");
    const session = await product.open("still");
    const usage = async () => {
      const watch = sleep(run.quick ? 500 : watchMs);
      const parties = [processTree(product.workerPid), [product.workerPid], [product.apiPid]];
      const [all = 0, worker = 0, api = 0] = await Promise.all(
        parties.map((pids) =>
          cpuPercent(
            () => pids,
            () => watch,
          ),
        ),
      );
      return { all, worker, api };
    };
    try {
      await sleep(run.quick ? 500 : settleMs);
      const before = await session.viewer.received();
      const used: Awaited<ReturnType<typeof usage>>[] = [];
      while (used.length < (run.quick ? 1 : watches)) used.push(await usage());
      const after = await session.viewer.received();
      const middle = (of: "all" | "worker" | "api") => median(used.map((each) => each[of]));
      return {
        "static.bytes": { value: after.bytes - before.bytes },
        "static.cpu": {
          value: middle("all"),
          note: `of it the worker's process ${middle("worker").toFixed(1)} %; the API's beside it ${middle("api").toFixed(1)} %; at most ${Math.max(...used.map(({ all }) => all)).toFixed(1)} % in ten seconds`,
        },
      };
    } finally {
      await session.end();
    }
  },
};

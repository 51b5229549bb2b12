import type { RowGroup } from "../report/bench.ts";
import { p95 } from "../statistics/quantile.ts";
import type { OpenedSession, Product } from "../system/product.ts";
import { focusTextBox, keysPerSecond, typeSteadily } from "../viewer/type-steadily.ts";

const seconds = 10;
const most = 8;

/**
 * Eight people type at once; from a key until the next picture has come through the worker, before it is drawn.
 * Their eight viewers run on the same machine and take their part of it; in the row of one session there is one.
 */
export const eightSessions: RowGroup = {
  title: "eight sessions typing",
  rows: ["eight.typing.p95.ratio"],
  async measure(run) {
    const product = await run.product();
    const keys = run.quick ? 4 : seconds * keysPerSecond;
    const sessions: OpenedSession[] = [];
    try {
      run.progress("  one session");
      await openMore(product, sessions, 1);
      const one = await typeInAll(sessions, keys);
      run.progress("  eight sessions");
      await openMore(product, sessions, run.quick ? 2 : most);
      const eight = await typeInAll(sessions, keys);
      return {
        "eight.typing.p95.ratio": {
          value: p95(eight),
          floor: p95(one),
          note: `${eight.length} keys of ${sessions.length} sessions; floor: one session in the same run`,
        },
      };
    } finally {
      for (const session of sessions) await session.end();
    }
  },
};

async function openMore(product: Product, sessions: OpenedSession[], count: number): Promise<void> {
  while (sessions.length < count) {
    const session = await product.open("typing");
    sessions.push(session);
    await focusTextBox(session.viewer);
  }
}

async function typeInAll(sessions: readonly OpenedSession[], keys: number): Promise<number[]> {
  const latencies = await Promise.all(
    sessions.map(async ({ viewer }) => {
      await typeSteadily(viewer, 2);
      await viewer.takeKeyLatencies();
      await typeSteadily(viewer, keys);
      return await viewer.takeKeyLatencies();
    }),
  );
  return latencies.flat();
}

import { setTimeout as sleep } from "node:timers/promises";
import type { RowGroup } from "../report/bench.ts";
import { p95 } from "../statistics/quantile.ts";
import type { Product } from "../system/product.ts";
import { BareViewer } from "../viewer/bare-viewer.ts";
import { keysPerSecond } from "../viewer/type-steadily.ts";

const seconds = 10;
const most = 8;
const textBox = { x: 400, y: 400 };

/** Eight people type at once; from a key until the next picture has come, through worker and API, not yet drawn. */
export const eightSessions: RowGroup = {
  title: "eight sessions typing",
  rows: ["eight.typing.p95.ratio"],
  async measure(run) {
    const product = await run.product();
    const keys = run.quick ? 4 : seconds * keysPerSecond;
    const sessions: BareSession[] = [];
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
      for (const { viewer, sessionId } of sessions) {
        viewer.close();
        await product.client.terminate(sessionId);
      }
    }
  },
};

interface BareSession {
  sessionId: string;
  viewer: BareViewer;
}

async function openMore(product: Product, sessions: BareSession[], count: number): Promise<void> {
  while (sessions.length < count) {
    const { sessionId, embedUrl } = await product.createSession("typing", false);
    const viewer = await BareViewer.open(embedUrl);
    viewer.click(textBox.x, textBox.y);
    sessions.push({ sessionId, viewer });
  }
}

/** By the clock, each at a time of its own: people do not type in step. */
function typeInAll(sessions: readonly BareSession[], keys: number): Promise<number[]> {
  const gapMs = 1000 / keysPerSecond;
  return Promise.all(
    sessions.map(async ({ viewer }, place) => {
      await sleep((gapMs * place) / sessions.length);
      await viewer.press("a");
      const pressed: Promise<number>[] = [];
      const startedAt = performance.now();
      for (let index = 0; index < keys; index += 1) {
        await sleep(Math.max(0, startedAt + index * gapMs - performance.now()));
        pressed.push(viewer.press("e"));
      }
      return await Promise.all(pressed);
    }),
  ).then((latencies) => latencies.flat());
}

import { setTimeout as sleep } from "node:timers/promises";
import { RawPage } from "../floor/raw-page.ts";
import { pageUrl } from "../pages/site-pages.ts";
import { processTree, pssMiB } from "../processes/usage.ts";
import type { RowGroup } from "../report/bench.ts";
import type { OpenedSession } from "../system/product.ts";

const settleMs = 3_000;
const mostSessions = 3;

/**
 * Memory of a session with a login page: its browser, and what worker and API have grown by. The bare browser is
 * measured while the sessions are there: the more browsers share the program's pages, the less each one counts.
 */
export const sessionMemory: RowGroup = {
  title: "memory of a session",
  rows: ["session.pss.ratio"],
  async measure(run) {
    const product = await run.product();
    const count = run.quick ? 1 : mostSessions;
    const settle = () => sleep(run.quick ? 300 : settleMs);
    const programs = () => pssMiB([product.workerPid, product.apiPid]);
    await settle();
    const before = programs();
    const sessions: OpenedSession[] = [];
    try {
      for (let index = 0; index < count; index += 1) sessions.push(await product.open("login"));
      await using bare = await run.rawBrowser();
      const page = await RawPage.open(bare);
      await page.startScreencast({ format: "png" }, (frame) => frame.acknowledge());
      await page.navigate(pageUrl("login"));
      await settle();
      const browsers = pssMiB(processTree(product.workerPid).slice(1)) / count;
      const own = Math.max(0, programs() - before) / count;
      return {
        "session.pss.ratio": {
          value: browsers + own,
          floor: pssMiB(processTree(bare.pid)),
          note: `${browsers.toFixed(0)} MiB of browser, ${own.toFixed(0)} MiB of worker and API, each of ${count}`,
        },
      };
    } finally {
      for (const session of sessions) await session.end();
    }
  },
};

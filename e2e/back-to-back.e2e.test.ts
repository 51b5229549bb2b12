import { expect, it } from "vitest";
import { descendants, holdings, isAlive, restingDescendants } from "./support/processes.ts";
import { patience, startTestSystem } from "./support/start-test-system.ts";
import { takeWalk } from "./support/walks.ts";

/** The short form of `npm run soak`, which tells slow growth from noise. */
const sessions = Number(process.env["SESSIONS"] ?? 2);

it(
  `${sessions} sessions in a row leave no browser, profile, socket or listener, and memory does not grow`,
  async () => {
    let everything: number[];
    {
      await using test = await startTestSystem({ POOL_SIZE: "1" });
      const { api, worker } = test.system.parts;
      // The first sessions fill caches and connection pools; growth is counted from there.
      for (let index = 0; index < 2; index += 1) await takeWalk(test, "happy");
      const browsersAtRest = await restingDescendants(Number(worker.pid), patience());
      const before = { api: holdings(Number(api.pid)), worker: holdings(Number(worker.pid)) };
      for (let index = 0; index < sessions; index += 1) await takeWalk(test, "happy");
      expect(await restingDescendants(Number(worker.pid), patience())).toBe(browsersAtRest);
      const after = { api: holdings(Number(api.pid)), worker: holdings(Number(worker.pid)) };
      process.stdout.write(`${JSON.stringify({ before, after })}\n`);
      expect(after.worker.sockets).toBeLessThanOrEqual(before.worker.sockets + 2);
      expect(after.worker.files).toBeLessThanOrEqual(before.worker.files + 4);
      expect(after.api.sockets).toBeLessThanOrEqual(before.api.sockets + 2);
      // A leak of one profile, picture or page a session would be several times this.
      expect(after.worker.residentMiB - before.worker.residentMiB).toBeLessThan(60);
      expect(after.api.residentMiB - before.api.residentMiB).toBeLessThan(80);
      everything = descendants(process.pid).filter((pid) => pid !== process.pid);
    }
    expect(everything.filter((pid) => descendants(process.pid).includes(pid) && isAlive(pid))).toEqual([]);
  },
  60_000 + sessions * 20_000,
);

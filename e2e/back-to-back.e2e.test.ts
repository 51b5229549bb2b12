import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { descendants, holdings, isAlive } from "./support/processes.ts";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

/** `SESSIONS=20 npm test -- e2e/back-to-back` for the long form. */
const sessions = Number(process.env["SESSIONS"] ?? 5);

it(
  `${sessions} sessions in a row leave no browser, profile, socket or listener, and memory does not grow`,
  async () => {
    let everything: number[];
    {
      await using test = await startTestSystem({ POOL_SIZE: "1" });
      const { api, worker } = test.system.parts;
      // The first sessions fill caches and connection pools; growth is counted from there.
      for (let index = 0; index < 3; index += 1) await verifyOnce(test);
      const browsersAtRest = await restingBrowsers(Number(worker.pid));
      const before = { api: holdings(Number(api.pid)), worker: holdings(Number(worker.pid)) };
      for (let index = 0; index < sessions; index += 1) await verifyOnce(test);
      expect(await restingBrowsers(Number(worker.pid))).toBe(browsersAtRest);
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

async function verifyOnce(test: TestSystem): Promise<void> {
  const user = await test.openEndUser();
  await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_good", "pass_good");
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", patience());
  await user.close();
}

/** Number of browser processes once the pool is refilled: the same in three looks a second apart. */
async function restingBrowsers(workerPid: number): Promise<number> {
  const looks: number[] = [];
  for (const deadline = patience(); !deadline.aborted; await delay(1000)) {
    looks.push(descendants(workerPid).length);
    const [first, second, third] = looks.slice(-3);
    if (third !== undefined && first === second && second === third) return third;
  }
  throw new Error(`The pool does not come to rest: ${looks.join(", ")}`);
}

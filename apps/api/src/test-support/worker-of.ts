import { startFakeWorker, type FakeWorker, type FakeWorkerOptions } from "@attestream/testkit";
import type { TestApi } from "./start-test-api.ts";

/** A fake worker of this API, known to have a warm browser unless it has none to tell of. */
export async function startWorkerOf(test: TestApi, options: Partial<FakeWorkerOptions> = {}): Promise<FakeWorker> {
  const worker = await startFakeWorker({
    apiUrl: `http://127.0.0.1:${test.api.port}`,
    workerToken: test.api.workerToken,
    ...options,
  });
  await untilWarm(test, worker.workerId, options.warm?.() ?? options.capacity ?? 4);
  return worker;
}

/** The API has heard a heartbeat of the worker that tells so many warm browsers. */
export async function untilWarm(test: TestApi, workerId: string, warm: number): Promise<void> {
  for (;;) {
    const link = test.api.workers.links().find(({ id }) => id === workerId);
    if (link && link.warm >= warm && (await isStored(test, workerId))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function isStored(test: TestApi, workerId: string): Promise<boolean> {
  const row = await test.api.database.db
    .selectFrom("workers")
    .select("id")
    .where("id", "=", workerId)
    .executeTakeFirst();
  return row !== undefined;
}

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DownMessage } from "@attestream/shared/worker-protocol";
import { pino } from "pino";
import { loadConfig } from "../config.ts";
import { createWorker, type Worker, type WorkerDependencies } from "../create-worker.ts";
import { FakeApi } from "./fake-api.ts";

export const workerToken = "test-worker-token-0123456789";

export interface TestWorker extends AsyncDisposable {
  api: FakeApi;
  worker: Worker;
  runtimeDir: string;
}

/** A real worker, registered with a fake API, in a folder of its own. */
export async function startTestWorker(options: {
  env?: Record<string, string>;
  ca?: string;
  runTree: WorkerDependencies["runTree"];
  resolve?: WorkerDependencies["resolve"];
}): Promise<TestWorker> {
  const api = new FakeApi(workerToken);
  await api.listen();
  const runtimeDir = await mkdtemp(join(tmpdir(), "worker-test-"));
  await chmod(runtimeDir, 0o755);
  const caFile = join(runtimeDir, "ca.pem");
  if (options.ca !== undefined) await writeFile(caFile, options.ca);
  const config = loadConfig({
    API_URL: api.url,
    WORKER_TOKEN: workerToken,
    WORKER_PORT: "0",
    WORKER_CAPACITY: "2",
    RUNTIME_DIR: runtimeDir,
    LOG_LEVEL: "silent",
    ...(options.ca === undefined ? {} : { EXTRA_CA_FILE: caFile }),
    ...options.env,
  });
  const worker = await createWorker({
    config,
    runTree: options.runTree,
    log: pino({ level: config.logLevel }),
    ...(options.resolve ? { resolve: options.resolve } : {}),
  });
  await worker.registered;
  return {
    api,
    worker,
    runtimeDir,
    async [Symbol.asyncDispose]() {
      await worker.stop();
      await api.close();
      await rm(runtimeDir, { recursive: true, force: true });
    },
  };
}

/** The least platform file that is one. */
export function assignTo(
  sessionId: string,
  host: string,
  changes: { epoch?: number; allow?: string[] } = {},
): Extract<DownMessage, { type: "assign" }> {
  return {
    type: "assign",
    sessionId,
    epoch: changes.epoch ?? 1,
    platformHash: "0".repeat(64),
    loginUrl: `https://${host}/login`,
    disclosure: "full",
    platform: {
      format: "platform/1",
      name: "test-site",
      displayName: "Test site",
      loginUrl: `https://${host}/login`,
      version: "1.0.0",
      allow: [host, ...(changes.allow ?? [])],
      browser: { locale: "en-GB", timezone: "Europe/London" },
      screens: [{ id: "home", when: { url: "/home**" }, then: "collect" }],
      collect: [{ id: "account", open: "/home", read: { name: { css: "h1" } } }],
    },
  };
}

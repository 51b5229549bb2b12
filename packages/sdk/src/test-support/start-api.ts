import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../../apps/api/src/main.ts", import.meta.url));

export interface StartedApi extends AsyncDisposable {
  baseUrl: string;
  apiKey: string;
  workerToken: string;
}

/** The API as an installation has it: a process of its own, with an embedded database and nothing else. */
export async function startApi(): Promise<StartedApi> {
  const apiKey = "key-of-the-sdks-tests";
  const workerToken = "worker-token-of-the-sdks-tests";
  await using undo = new AsyncDisposableStack();
  const home = await mkdtemp(join(tmpdir(), "attestream-sdk-"));
  undo.defer(() => rm(home, { recursive: true, force: true }));
  const child = fork(program, [], {
    execArgv: ["--conditions=@attestream/source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      PATH: "/usr/bin:/bin",
      HOME: home,
      PORT: "0",
      DATA_DIR: join(home, "data"),
      LOG_LEVEL: "silent",
      BOOTSTRAP_API_KEY: apiKey,
      WORKER_TOKEN: workerToken,
    },
  });
  undo.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message: { port: number }) => resolve(message.port));
    child.once("exit", (code) => reject(new Error(`The API ended with ${code} before it was ready`)));
  });
  const life = undo.move();
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey,
    workerToken,
    [Symbol.asyncDispose]: () => life.disposeAsync(),
  };
}

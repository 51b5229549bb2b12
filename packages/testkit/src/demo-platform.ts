import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const entryPoint = fileURLToPath(new URL("../../../apps/demo-platform/src/main.ts", import.meta.url));
const readyWithinMs = 30_000;
const stopWithinMs = 5_000;

export interface DemoPlatform extends AsyncDisposable {
  /** Of the HTTPS listener on 127.0.0.1; its certificate is for bank.demo.test. */
  port: number;
  /** What a client must trust, PEM. */
  caFile: string;
}

/** Demo Bank as a process of its own, with its own CA in a temporary folder. Disposing stops the one and removes the other. */
export async function startDemoPlatform(): Promise<DemoPlatform> {
  const folder = await mkdtemp(join(tmpdir(), "attestream-demo-platform-"));
  const child = spawn(process.execPath, ["--conditions=@attestream/source", entryPoint], {
    env: { PORT: "0", HOST: "127.0.0.1", CERT_DIR: folder, LOG_LEVEL: "warn" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const dispose = async () => {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await waitUntilReady(child);
    return { port, caFile: join(folder, "ca.pem"), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function waitUntilReady(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  const timer = setTimeout(
    () => reject(new Error(`Demo Bank was not ready within ${readyWithinMs / 1_000} s. It printed:\n${stderr}`)),
    readyWithinMs,
  );
  child.once("error", (error) => reject(new Error("Demo Bank could not be started", { cause: error })));
  child.once("close", (code, signal) =>
    reject(new Error(`Demo Bank ended (${signal ?? `exit code ${code}`}) before it was ready. It printed:\n${stderr}`)),
  );
  child.on("message", (message) => {
    if (
      typeof message === "object" &&
      "type" in message &&
      message.type === "ready" &&
      "port" in message &&
      typeof message.port === "number"
    )
      resolve(message.port);
  });
  return promise.finally(() => clearTimeout(timer));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await ended;
  clearTimeout(timer);
}

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const entryPoint = fileURLToPath(new URL("../../../demo-platform/src/main.ts", import.meta.url));
const readyWithinMs = 30_000;
const stopWithinMs = 5_000;
const readySchema = z.object({ type: z.literal("ready"), port: z.number() });

export interface RunningSite extends AsyncDisposable {
  /** `host:port` on loopback. */
  address: string;
}

/** Demo Bank as a process of its own, on a free port. Disposing ends it and removes its certificates. */
export async function startDemoBank(): Promise<RunningSite> {
  const folder = await mkdtemp(join(tmpdir(), "attestream-tree-"));
  const child = spawn(process.execPath, ["--conditions=@attestream/source", entryPoint], {
    env: { PORT: "0", HOST: "127.0.0.1", CERT_DIR: folder, LOG_LEVEL: "silent" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const dispose = async () => {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { address: `127.0.0.1:${await readyPort(child)}`, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let printed = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (printed = (printed + text).slice(-4_000)));
  const timer = setTimeout(() => reject(new Error("Demo Bank did not start in time.")), readyWithinMs);
  child.once("error", (cause) => reject(new Error("Demo Bank could not be started.", { cause })));
  child.once("close", () => reject(new Error(`Demo Bank ended before it was ready:\n${printed}`)));
  child.on("message", (message) => {
    const ready = readySchema.safeParse(message);
    if (ready.success) resolve(ready.data.port);
  });
  return promise.finally(() => clearTimeout(timer));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await ended;
  clearTimeout(timer);
}

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const apps = new URL("../../../apps/", import.meta.url);
const readyWithinMs = 30_000;
const stopWithinMs = 5_000;

export interface AppProcess {
  port: number;
  pid: number;
  /** What it has printed so far. */
  readonly output: string;
  stop(): Promise<void>;
}

/** Runs `apps/<name>/src/main.ts` with this environment and no other, until it says over IPC that it serves. */
export async function startApp(name: string, env: Record<string, string>): Promise<AppProcess> {
  const program = fileURLToPath(new URL(`${name}/src/main.ts`, apps));
  const child = spawn(process.execPath, ["--conditions=@attestream/source", program], {
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  try {
    const port = await waitUntilReady(name, child, () => output.slice(-4_000));
    return {
      port,
      pid: child.pid ?? 0,
      get output() {
        return output;
      },
      stop: () => stop(child),
    };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function waitUntilReady(name: string, child: ChildProcess, printed: () => string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(
    () => reject(new Error(`${name} was not ready within ${readyWithinMs / 1_000} s. It printed:\n${printed()}`)),
    readyWithinMs,
  );
  child.once("error", (error) => reject(new Error(`${name} could not be started`, { cause: error })));
  child.once("close", (code, signal) =>
    reject(
      new Error(`${name} ended (${signal ?? `exit code ${code}`}) before it was ready. It printed:\n${printed()}`),
    ),
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

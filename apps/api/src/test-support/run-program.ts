import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Ready {
  type: "ready";
  port: number;
  url: string;
  firstKey?: string;
  firstWebhookSecret?: string;
}

export interface ProgramRun {
  child: ChildProcess;
  /** What it printed so far, both streams. */
  output: () => string;
  ready: Promise<Ready>;
  exited: Promise<number | null>;
}

/** The API as a process of its own, as `npm start` starts it. */
export function runProgram(home: string, env: Record<string, string> = {}): ProgramRun {
  const child = fork(fileURLToPath(new URL("../main.ts", import.meta.url)), [], {
    execArgv: ["--conditions=@attestream/source"],
    env: { PATH: "/usr/bin:/bin", HOME: home, PORT: "0", DATA_DIR: `${home}/data`, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (printed += text));
  // Not "close": it never comes once the parent has cut the channel.
  const exited = Promise.all([
    once(child, "exit"),
    ...[child.stdout, child.stderr].map((stream) => once(stream!, "end")),
  ]).then(([[code]]) => code as number | null);
  const ready = new Promise<Ready>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Ready));
    void exited.then((code) => reject(new Error(`ended with ${code}:\n${printed}`)));
  });
  ready.catch(() => {});
  return { child, output: () => printed, ready, exited };
}

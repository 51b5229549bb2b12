import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";

export interface PartOptions {
  name: string;
  /** Path of the program's entry file. */
  program: string;
  /** The whole environment of the process; nothing is inherited. */
  environment: Record<string, string | undefined>;
  signal: AbortSignal;
}

/** What every part says over its IPC channel once it serves. */
const readyMessageSchema = z.looseObject({ type: z.literal("ready"), port: z.int() });

export type ReadyMessage = z.infer<typeof readyMessageSchema>;

/** A part ended before it was ready. Its own output, which went to the terminal, says why. */
export class PartStartError extends Error {
  override readonly name = "PartStartError";
  readonly exitCode: number;
  constructor(part: string, exitCode: number) {
    super(`${part} did not start (exit code ${exitCode}); its message stands above.`);
    this.exitCode = exitCode;
  }
}

/** One part of the system as a process of its own. It ends by itself when its IPC channel closes, so it cannot outlive us. */
export class PartProcess {
  readonly name: string;
  readonly ready: ReadyMessage;
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;

  private constructor(name: string, child: ChildProcess, ready: ReadyMessage, exited: Promise<number>) {
    this.name = name;
    this.#child = child;
    this.ready = ready;
    this.exited = exited;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the part serves; rejects with PartStartError when it ends before. */
  static async start({ name, program, environment, signal }: PartOptions): Promise<PartProcess> {
    signal.throwIfAborted();
    const child = spawn(process.execPath, ["--conditions=@attestream/source", "--enable-source-maps", program], {
      env: definedOnly(environment),
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const exited = once(child, "exit").then(([code]) => (typeof code === "number" ? code : 1));
    const abort = () => child.kill("SIGTERM");
    signal.addEventListener("abort", abort, { once: true });
    try {
      const ready = await Promise.race([
        firstReadyMessage(child),
        exited.then((code) => Promise.reject(new PartStartError(name, code))),
      ]);
      return new PartProcess(name, child, ready, exited);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Asks it to stop; ends it when it has not after `patienceMs`. */
  async stop(patienceMs = 10_000): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), patienceMs);
    await this.exited;
    clearTimeout(force);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

function firstReadyMessage(child: ChildProcess): Promise<ReadyMessage> {
  return new Promise((resolve) => {
    child.on("message", (message) => {
      const parsed = readyMessageSchema.safeParse(message);
      if (parsed.success) resolve(parsed.data);
    });
  });
}

function definedOnly(environment: Record<string, string | undefined>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}

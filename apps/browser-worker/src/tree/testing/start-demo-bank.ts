import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface RunningSite {
  port: number;
  close(): Promise<void>;
}

/** The bundled Demo Bank as its own process on a free port, with certificates of its own. */
export async function startDemoBank(): Promise<RunningSite> {
  const folder = await mkdtemp(join(tmpdir(), "demo-bank-"));
  const main = fileURLToPath(new URL("../../../../demo-platform/src/main.ts", import.meta.url));
  const bank = fork(main, {
    execArgv: ["--conditions=@attestream/source"],
    env: { PORT: "0", HOST: "127.0.0.1", CERT_DIR: folder, LOG_LEVEL: "error" },
  });
  const exited = once(bank, "exit");
  const told = await Promise.race([once(bank, "message"), exited.then(() => null)]);
  const message: unknown = told?.[0];
  if (typeof message !== "object" || message === null || !("port" in message))
    throw new Error("Demo Bank did not start; see its output above");
  return {
    port: Number(message.port),
    async close() {
      bank.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

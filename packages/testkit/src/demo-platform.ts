import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "./app-process.ts";

export interface DemoPlatform extends AsyncDisposable {
  /** Of the HTTPS listener on 127.0.0.1; its certificate is for bank.demo.test. */
  port: number;
  /** What a client must trust, PEM. */
  caFile: string;
}

/** Demo Bank as a process of its own, with its own CA in a temporary folder. Disposing stops the one and removes the other. */
export async function startDemoPlatform(): Promise<DemoPlatform> {
  const folder = await mkdtemp(join(tmpdir(), "attestream-demo-platform-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const env = { PORT: "0", HOST: "127.0.0.1", CERT_DIR: folder, LOG_LEVEL: "warn" };
    const { port, stop } = await startApp("demo-platform", env);
    return {
      port,
      caFile: join(folder, "ca.pem"),
      async [Symbol.asyncDispose]() {
        await stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

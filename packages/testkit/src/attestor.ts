import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp, type AppProcess } from "./app-process.ts";

export interface TestAttestor extends AppProcess, AsyncDisposable {
  url: string;
  token: string;
  dataDir: string;
}

/** An attestor as a process of its own, with a key of its own in a temporary folder. `hosts`: made-up names, and the port on 127.0.0.1 where each is. */
export async function startAttestor(options: {
  hosts?: Record<string, number>;
  /** PEM. */
  ca?: string;
  env?: Record<string, string>;
}): Promise<TestAttestor> {
  const { hosts = {}, ca, env = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), "attestream-attestor-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const token = "test-attestor-token-0123456789";
  const dataDir = join(folder, "data");
  try {
    const caFile = join(folder, "ca.pem");
    if (ca !== undefined) await writeFile(caFile, ca);
    const app = await startApp("attestor", {
      ATTESTOR_TOKEN: token,
      ATTESTOR_PORT: "0",
      DATA_DIR: dataDir,
      LOG_LEVEL: "debug",
      EGRESS_DEV_HOSTS: Object.entries(hosts)
        .map(([name, port]) => `${name}=127.0.0.1:${port}`)
        .join(","),
      ...(ca === undefined ? {} : { EXTRA_CA_FILE: caFile }),
      ...env,
    });
    return {
      port: app.port,
      pid: app.pid,
      get output() {
        return app.output;
      },
      stop: () => app.stop(),
      url: `http://127.0.0.1:${app.port}`,
      token,
      dataDir,
      async [Symbol.asyncDispose]() {
        await app.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../../../apps/api/src/main.ts", import.meta.url));

export interface Installation extends AsyncDisposable {
  url: string;
  key: string;
  otherKey: string;
  workerToken: string;
}

const platform = (name: string, more = "") => `format: platform/1
name: ${name}
displayName: ${name}
loginUrl: https://${name}.example.com/login
version: "1.0.0"
allow: [${name}.example.com]
sandbox: true
${more}
screens:
  - id: home
    when: { url: "/**" }
    then: collect
collect:
  - id: account
    open: /account
    read:
      accountHolder: { css: "h1" }
`;

/**
 * The API as a process of its own on an embedded database, with two partners and a platform that takes
 * login addresses of the session's own; where asked, with a platform that is out of service.
 */
export async function startInstallation(
  env: Record<string, string> = {},
  options: { closedPlatform?: boolean } = {},
): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), "attestream-conformance-"));
  const platforms = join(home, "platforms");
  const own = { key: "conformance-key-0123456789", otherKey: "another-partners-key-0123456789" };
  const workerToken = "conformance-worker-token";
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
  };
  const start = async () => {
    child = fork(program, [], {
      execArgv: ["--conditions=@attestream/source"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        PATH: "/usr/bin:/bin",
        HOME: home,
        PORT: "0",
        DATA_DIR: join(home, "data"),
        LOG_LEVEL: "silent",
        PLATFORMS_DIRS: platforms,
        BOOTSTRAP_API_KEY: own.key,
        DEMO_PARTNER_API_KEY: own.otherKey,
        WORKER_TOKEN: workerToken,
        ...env,
      },
    });
    const started = child;
    return await new Promise<string>((resolve, reject) => {
      started.once("message", (message: { port: number }) => resolve(`http://127.0.0.1:${message.port}`));
      started.once("exit", (code) => reject(new Error(`The API ended with ${code} before it was ready`)));
    });
  };
  mkdirSync(join(platforms, "tenant-bank"), { recursive: true });
  writeFileSync(join(platforms, "tenant-bank", "platform.yaml"), platform("tenant-bank", "allowCustomUrl: true"));
  if (options.closedPlatform === true) {
    // Known from an earlier start, and its file is gone.
    mkdirSync(join(platforms, "closed-bank"));
    writeFileSync(join(platforms, "closed-bank", "platform.yaml"), platform("closed-bank"));
    await start();
    await stop();
    rmSync(join(platforms, "closed-bank"), { recursive: true });
  }
  return {
    url: await start(),
    ...own,
    workerToken,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

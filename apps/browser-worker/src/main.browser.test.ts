import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listTree } from "./sandbox/process-tree.ts";
import { FakeApi } from "./testing/fake-api.ts";
import { findProcesses, isAlive } from "./testing/processes.ts";
import { assignTo, workerToken } from "./testing/test-worker.ts";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));

describe("the worker's program", () => {
  let api: FakeApi;
  let runtimeDir: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    api = new FakeApi(workerToken);
    await api.listen();
    runtimeDir = await mkdtemp(join(tmpdir(), "worker-main-"));
    await chmod(runtimeDir, 0o755);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await noBrowserLeft();
    await api.close();
    await rm(runtimeDir, { recursive: true, force: true });
  });

  function run(env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, ["--conditions=@attestream/source", program], {
      env: {
        PATH: process.env["PATH"],
        API_URL: api.url,
        WORKER_TOKEN: workerToken,
        WORKER_PORT: "0",
        WORKER_CAPACITY: "2",
        RUNTIME_DIR: runtimeDir,
        LOG_LEVEL: "silent",
        ...env,
      },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    children.push(child);
    return child;
  }

  async function startSession(): Promise<string> {
    const sessionId = randomUUID();
    api.send(assignTo(sessionId, "login.worker.test"));
    await api.waitForReport(sessionId, "browser.started");
    return sessionId;
  }

  // The kernel tells nobody but the parent of a process's end, and that is gone: hence the polling.
  async function noBrowserLeft(): Promise<void> {
    while (findProcesses(runtimeDir).length > 0) await sleep(50);
  }

  it("says that it is ready once the API has taken it", async () => {
    const [message] = (await once(run(), "message")) as [unknown];
    expect(message).toEqual({ type: "ready", port: expect.any(Number) });
    expect(api.received[0]).toMatchObject({ type: "register", capacity: 2, isolationLevel: "L2", held: [] });
  });

  it("leaves no browser when it is killed, and no file once the next worker has started", async () => {
    const child = run();
    await once(child, "message");
    await startSession();
    const groups = await Promise.all(findProcesses(runtimeDir).map(({ pid }) => listTree(pid)));
    expect(Math.max(...groups.map((group) => group.length))).toBeGreaterThan(3);
    child.kill("SIGKILL");
    for (const group of groups) {
      for (const pid of group) while (isAlive(pid)) await sleep(50);
    }
    const next = run();
    await once(next, "message");
    expect(await readdir(runtimeDir)).toHaveLength(1);
    next.kill("SIGTERM");
    await once(next, "exit");
    expect(await readdir(runtimeDir)).toEqual([]);
  });

  it("ends its sessions on SIGTERM and exits with 0", async () => {
    const child = run();
    await once(child, "message");
    const sessionId = await startSession();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    await api.waitFor((message) => message.type === "released" && message.sessionId === sessionId);
    expect(findProcesses(runtimeDir)).toEqual([]);
    expect(await readdir(runtimeDir)).toEqual([]);
  });

  it("finishes its sessions when it is drained, then exits with 0", async () => {
    const child = run();
    await once(child, "message");
    const sessionId = await startSession();
    api.send({ type: "drain" });
    api.send({ type: "release", sessionId, epoch: 1, reason: "finished" });
    expect(await once(child, "exit")).toEqual([0, null]);
    await api.waitFor((message) => message.type === "drained");
  });

  it.each([
    [
      "names every bad setting at once",
      { WORKER_TOKEN: "", WORKER_CAPACITY: "none", EGRESS_DEV_HOSTS: "bank" },
      78,
      ["WORKER_TOKEN", "WORKER_CAPACITY", "EGRESS_DEV_HOSTS", "bank.demo.test=127.0.0.1:4100"],
    ],
    [
      "names the setting of a Chromium that is not there",
      { CHROMIUM_PATH: "/nowhere/chromium" },
      1,
      ["CHROMIUM_PATH", "/nowhere/chromium"],
    ],
    [
      "names the remedy of a Chromium that does not start",
      { CHROMIUM_PATH: "/bin/false", LAUNCH_TIMEOUT: "10s" },
      1,
      ["self-check failed"],
    ],
    ["says that the token is not the API's", { WORKER_TOKEN: "some-other-token-entirely" }, 1, ["WORKER_TOKEN"]],
    [
      "names an authority that cannot be read",
      { EXTRA_CA_FILE: "/nowhere/ca.pem" },
      1,
      ["EXTRA_CA_FILE", "/nowhere/ca.pem"],
    ],
  ])("%s", async (_name, env, code, words) => {
    const child = run(env);
    let output = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    expect(await once(child, "close")).toEqual([code, null]);
    for (const word of words) expect(output).toContain(word);
    expect(await readdir(runtimeDir)).toEqual([]);
  });
});

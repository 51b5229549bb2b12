import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProgram, type ProgramRun } from "./test-support/run-program.ts";
import { databaseTemplate } from "./storage/database-template.ts";
import { openDatabase } from "./storage/open-database.ts";

let home: string;
let runs: ProgramRun[];
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "attestream-main-"));
  runs = [];
});
afterEach(async () => {
  for (const { child, exited } of runs) {
    child.kill("SIGKILL");
    await exited;
  }
  rmSync(home, { recursive: true, force: true });
});

function run(env: Record<string, string> = {}): ProgramRun {
  const started = runProgram(home, env);
  runs.push(started);
  return started;
}

async function dataOf(response: Response) {
  const body: unknown = await response.json();
  // Shapes are the partner API tests' business.
  return (body as { data: never }).data as ReturnType<typeof JSON.parse>;
}

async function prepareData(): Promise<void> {
  const database = await openDatabase({ dataDir: join(home, "data"), template: databaseTemplate });
  await database.close();
}

describe("the program", () => {
  it(
    "tells its first key once, survives kill -9, and lets no second process at its folder",
    { timeout: 120_000 },
    async () => {
      await prepareData();
      const first = run();
      const { firstKey, firstWebhookSecret, port } = await first.ready;
      expect(firstKey).toMatch(/^as_test_/);
      expect(firstWebhookSecret).toMatch(/^whsec_/);
      const headers = { "x-api-key": firstKey!, "content-type": "application/json" };
      const platforms = await dataOf(await fetch(`http://127.0.0.1:${port}/partner/browser-platforms`, { headers }));
      const sandbox = platforms.find(({ config }: { config: { sandbox: boolean } }) => config.sandbox);
      const created = await fetch(`http://127.0.0.1:${port}/partner/browser-session`, {
        method: "POST",
        headers,
        body: JSON.stringify({ platformId: sandbox.id }),
      });
      expect(created.status).toBe(201);
      const { sessionId } = await dataOf(created);

      const second = run();
      expect(await second.exited).toBe(78);
      expect(second.output()).toMatch(new RegExp(`DATA_DIR .*in use by process ${first.child.pid}`));
      expect(second.output()).not.toMatch(/\n {4}at /);

      first.child.kill("SIGKILL");
      await first.exited;
      const again = run();
      const told = await again.ready;
      expect(told.firstKey).toBeUndefined();
      const got = await fetch(`http://127.0.0.1:${told.port}/partner/browser-session/${sessionId}`, { headers });
      expect((await dataOf(got)).status).toBe("CREATED");
      expect(again.output() + first.output()).not.toContain(firstKey);

      // The parent goes: it stops by itself, in order.
      again.child.disconnect();
      expect(await again.exited).toBe(0);
    },
  );

  it("stops on SIGTERM with 0", async () => {
    await prepareData();
    const started = run();
    await started.ready;
    started.child.kill("SIGTERM");
    expect(await started.exited).toBe(0);
  });

  it("says that its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const started = run({ PORT: String(port) });
    expect(await started.exited).toBe(78);
    expect(started.output()).toContain(`PORT ${port} on 127.0.0.1 is taken`);
    other.close();
  });

  it("says everything that is wrong with its settings", async () => {
    const started = run({ PORT: "99999999", QUEUE_TIMEOUT: "never" });
    expect(await started.exited).toBe(78);
    expect(started.output()).toMatch(/PORT: [\s\S]*QUEUE_TIMEOUT: /);
  });

  it("says that its database does not answer, without its password", async () => {
    const started = run({ DATABASE_URL: "postgres://user:topsecret@127.0.0.1:9/none" });
    expect(await started.exited).toBe(78);
    expect(started.output()).toContain("DATABASE_URL: the PostgreSQL server cannot be used (ECONNREFUSED");
    expect(started.output()).not.toContain("topsecret");
  });

  it("says that its folder cannot be used", async () => {
    writeFileSync(join(home, "file"), "");
    const started = run({ DATA_DIR: join(home, "file") });
    expect(await started.exited).toBe(78);
    expect(started.output()).toMatch(/DATA_DIR .*file/);
  });
});

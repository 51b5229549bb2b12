import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sql } from "kysely";
import { afterAll, describe, expect, it } from "vitest";
import { auditKey } from "../keys/secrets.ts";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, testKey, type TestApi } from "../test-support/start-test-api.ts";
import { readAuditLog } from "./read-audit-log.ts";

const masterKey = "a master key that is long enough for a test";
const key = auditKey(new TextEncoder().encode(masterKey));
const server = postgres();
afterAll(() => server.stop());

async function entries({ api }: TestApi) {
  const found = [];
  for await (const entry of readAuditLog(api.database.db, key)) found.push(entry);
  return found;
}

/** What a server's owner could do: past the trigger that stands against mistakes. */
async function tamper({ api }: TestApi, statement: string): Promise<void> {
  for (const text of [
    "alter table audit_log disable trigger all",
    statement,
    "alter table audit_log enable trigger all",
  ])
    await sql.raw(text).execute(api.database.db);
}

describe.each([embedded, server])("the audit log on $name", (engine) => {
  it("tells who did what, from where, and holds together; a change shows", async () => {
    await using test = await startTestApi({ ...(await engine.env()), MASTER_KEY: masterKey });
    const id = await test.createSession({ receiverData: { name: "Jane Roe" } });
    const ended = await test.call("POST", `/partner/browser-session/${id}/terminate`);
    await test.call("DELETE", `/partner/browser-session/${id}/data`);
    await test.call("POST", "/partner/webhook-secrets/rotate", { body: { overlapHours: 1 } });
    const rotated = await test.call("POST", "/partner/api-keys/rotate", { body: { overlapHours: 1 } });
    // Refused: nothing happened, and nothing is told.
    await test.call("POST", "/partner/api-keys/rotate", { body: { overlapHours: 1 } });
    await Promise.all(
      Array.from({ length: 3 }, async () => {
        const other = await test.createSession();
        await test.call("POST", `/partner/browser-session/${other}/terminate`);
      }),
    );

    const log = await entries(test);
    expect(log.every(({ holds }) => holds)).toBe(true);
    expect(log.map(({ row }) => row.action)).toEqual([
      "api.configured",
      "api_key.created",
      "session.terminated",
      "session.data_erased",
      "webhook_secret.replaced",
      "api_key.replaced",
      "session.terminated",
      "session.terminated",
      "session.terminated",
    ]);
    expect(log[2]?.row).toMatchObject({
      seq: 3,
      actor: "key test…",
      subject: id,
      address: "127.0.0.0/24",
      request_id: ended.headers.get("x-request-id"),
    });
    const text = JSON.stringify(log);
    for (const secret of [testKey, String(rotated.body.data?.["apiKey"]), "whsec_", "Jane", "127.0.0.1"])
      expect(text).not.toContain(secret);

    const { db } = test.api.database;
    for (const statement of ["update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log"])
      await expect(sql.raw(statement).execute(db)).rejects.toThrow("append-only");

    const brokenAt = async () => (await entries(test)).filter(({ holds }) => !holds).map(({ row }) => row.seq);
    await tamper(test, "update audit_log set subject = 'another' where seq = 3");
    expect(await brokenAt()).toEqual([3]);
    await tamper(test, `update audit_log set subject = '${id}' where seq = 3`);
    expect(await brokenAt()).toEqual([]);
    await tamper(test, "delete from audit_log where seq = 5");
    expect(await brokenAt()).toEqual([6]);
  });
});

it("is printed by a command that says whether it holds", async () => {
  const folder = mkdtempSync(join(tmpdir(), "attestream-audit-"));
  try {
    await (await startTestApi({ DATA_DIR: folder }))[Symbol.asyncDispose]();
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((done, fail) => {
      execFile(
        process.execPath,
        ["--conditions=@attestream/source", resolve(import.meta.dirname, "main.ts")],
        { env: { PATH: process.env["PATH"], DATA_DIR: folder } },
        (error, out, err) => (error ? fail(error) : done({ stdout: out, stderr: err })),
      );
    });
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as { action: string; holds: boolean })).toMatchObject([
      { action: "api.configured", holds: true },
      { action: "api_key.created", holds: true, actor: "system: start" },
    ]);
    expect(stderr).toContain("2 entries");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

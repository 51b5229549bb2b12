import { sql } from "kysely";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { silentLog } from "../http/log.ts";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";
import { createSealer } from "./encryption.ts";
import { resealAll, sealedColumns } from "./reseal.ts";

const masterKey = "a master key that is long enough for a test";
const first = "the-first-encryption-key-0123456789";
const second = "the-second-encryption-key-012345678";
const server = postgres();
const folders: string[] = [];
afterAll(async () => {
  await server.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const sealerOf = (current?: string, old: string[] = []) =>
  createSealer(new TextEncoder().encode(masterKey), { current, old });

/** How many sealed values there are, and how many begin as this sealer's do. */
async function count({ api }: TestApi, prefix: Uint8Array): Promise<{ all: number; own: number }> {
  const found = { all: 0, own: 0 };
  for (const { table, column } of sealedColumns) {
    const { rows } = await sql<{ value: Uint8Array }>`
      select ${sql.ref(column)} as value from ${sql.table(table)} where ${sql.ref(column)} is not null`.execute(
      api.database.db,
    );
    found.all += rows.length;
    found.own += rows.filter(({ value }) => Buffer.from(value).subarray(0, prefix.length).equals(prefix)).length;
  }
  return found;
}

async function readsEverything(test: TestApi, id: string): Promise<void> {
  expect((await test.call("GET", `/partner/browser-session/${id}`)).body.data).toMatchObject({
    extractedData: { lastFourDigits: "1234" },
  });
  expect((await test.call("GET", `/partner/browser-session/${id}/attestation`)).status).toBe(200);
  expect((await test.call("GET", "/partner/webhook-secrets")).status).toBe(200);
}

describe.each([embedded, server])("the encryption key on $name", (engine) => {
  it("is changed: all is read meanwhile, brought under the new one, and needs the old one no more", async () => {
    const folder = mkdtempSync(join(tmpdir(), "attestream-keys-"));
    folders.push(folder);
    const env = { ...(await engine.env()), DATA_DIR: folder, MASTER_KEY: masterKey };
    let id: string;
    {
      await using test = await startTestApi(env);
      const worker = await startWorkerOf(test, { auto: { viewer: true } });
      id = await test.createSession({ receiverData: { orderId: "o-1" } });
      await test.reached(id, "COMPLETED");
      await worker.stop();
      const { all, own } = await count(test, sealerOf().prefix);
      expect([all, own]).toEqual([5, 5]);
    }
    await using test = await startTestApi({ ...env, ENCRYPTION_KEY: second });
    await readsEverything(test, id);
    await expect.poll(() => count(test, sealerOf(second).prefix)).toEqual({ all: 5, own: 5 });
    await readsEverything(test, id);

    // Ended after the first row, begun again, and in two processes at once.
    const { db } = test.api.database;
    const sealer = sealerOf(first, [second]);
    const stop = new AbortController();
    const log = { ...silentLog, info: () => stop.abort() } as unknown as typeof silentLog;
    expect(await resealAll({ db, sealer, log, signal: stop.signal, batch: 1 })).toMatchObject({
      resealed: 1,
      finished: false,
    });
    const again = () => resealAll({ db, sealer, log: silentLog, signal: never, batch: 2 });
    const results = await Promise.all([again(), again()]);
    expect(results.every(({ finished }) => finished)).toBe(true);
    expect(results.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(4);
    expect(await again()).toMatchObject({ resealed: 0, unreadable: 0, finished: true });

    // Without the key nothing is changed, and the key is named.
    expect(await resealAll({ db, sealer: sealerOf(second), log: silentLog, signal: never })).toEqual({
      resealed: 0,
      unreadable: 5,
      missingKeys: [sealer.keyId],
      finished: true,
    });
    const columns = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and column_name like '%_enc'`.execute(db);
    expect(columns.rows.map(({ name }) => name).toSorted()).toEqual(
      sealedColumns.map(({ table, column }) => `${table}.${column}`).toSorted(),
    );
  });
});

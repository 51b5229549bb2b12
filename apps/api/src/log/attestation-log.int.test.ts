import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { createSigningKey } from "@attestream/attestation";
import { appendEntry, emptyHead, leafHash, rootOf } from "@attestream/attestation/log";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi } from "../test-support/start-test-api.ts";
import { openDatabase } from "../storage/open-database.ts";
import { createAttestationLog } from "./attestation-log.ts";

const server = postgres();
afterAll(() => server.stop());

const entryOf = (index: number) => leafHash(new TextEncoder().encode(`attestation ${index}`));

describe.each([embedded, server])("the log on $name", (engine) => {
  it("does not fork, whoever appends at the same time, and has no gap where a transaction failed", async () => {
    const env = await engine.env();
    await using test = await startTestApi(env);
    const first = test.api.database;
    // The embedded database is open to one process.
    await using undo = new AsyncDisposableStack();
    const second = env["DATABASE_URL"]
      ? await openDatabase({ databaseUrl: env["DATABASE_URL"], dataDir: test.dataDir })
      : first;
    if (second !== first) undo.defer(() => second.close());
    const key = await createSigningKey();
    const logs = [first, second].map(({ db }) => ({
      db,
      log: createAttestationLog({
        db,
        keys: { active: async () => key },
        issuer: "https://verify.example.com",
        now: () => new Date(),
      }),
    }));
    const sessionId = await test.createSession();
    const append = (index: number) => {
      const { db, log } = logs[index % 2]!;
      return db.transaction().execute(async (trx) => {
        await log.append(trx, sessionId, entryOf(index));
        if (index % 5 === 4) throw new Error("the session ended in the meantime");
      });
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => append(index)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(16);

    const entries = await logs[0]!.log.entries(0, 100);
    expect(new Set(entries).size).toBe(16);
    let head = emptyHead;
    for (const entry of entries) head = appendEntry(head, Buffer.from(entry, "hex")).head;
    const root = Buffer.from(rootOf(head)).toString("hex");
    for (const { log } of logs) expect(await log.checkpoint()).toMatchObject({ size: 16, root });
    // The same entry twice would be two attestations of one text.
    await expect(append(0)).rejects.toThrow();
  });

  it("is not built upon where somebody changed it", async () => {
    await using test = await startTestApi(await engine.env());
    const { db } = test.api.database;
    const key = await createSigningKey();
    const log = createAttestationLog({
      db,
      keys: { active: async () => key },
      issuer: "https://verify.example.com",
      now: () => new Date(),
    });
    const sessionId = await test.createSession();
    const append = (index: number) => db.transaction().execute((trx) => log.append(trx, sessionId, entryOf(index)));
    for (const index of [0, 1, 2]) await append(index);
    await db
      .updateTable("log_nodes")
      .set({ hash: Buffer.alloc(32) })
      .where("level", "=", 1)
      .execute();
    await expect(append(3)).rejects.toThrow("broken");
    expect(await log.checkpoint()).toMatchObject({ size: 3 });
    expect(await log.prove({ sessionId: randomUUID() })).toBeNull();
  });
});

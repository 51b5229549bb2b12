import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";

const hourMs = 3_600_000;

async function rowsOf(test: TestApi) {
  const { db } = test.api.database;
  const count = async (table: "embed_tokens" | "viewers" | "idempotency_keys" | "sessions" | "workers") =>
    (await db.selectFrom(table).selectAll().execute()).length;
  return {
    tokens: await count("embed_tokens"),
    viewers: await count("viewers"),
    keys: await count("idempotency_keys"),
    sessions: await count("sessions"),
    workers: await count("workers"),
  };
}

describe.each([embedded, postgres()])("what is left over, on $name,", (engine) => {
  afterAll(() => engine.stop());

  it("is deleted once it has done its work, and what is still needed stays", async () => {
    await using test = await startTestApi(await engine.env());
    const made = await test.call("POST", "/partner/browser-session", {
      body: { platformId: 1, expiresInHours: 168 },
      headers: { "idempotency-key": "k" },
    });
    const open = String(made.body.data?.["sessionId"]);
    const over = await test.createSession();
    await test.call("POST", `/partner/browser-session/${over}/terminate`);
    const { db } = test.api.database;
    for (const session_id of [open, over]) {
      await db
        .insertInto("embed_tokens")
        .values({ token_id: randomUUID(), session_id, used_at: test.clock.now() })
        .execute();
      const hashes = { cookie_hash: new Uint8Array(32), resume_hash: new Uint8Array(32) };
      await db
        .insertInto("viewers")
        .values({ id: randomUUID(), session_id, ...hashes })
        .execute();
    }

    const worker = {
      address: "h:1",
      capacity: 1,
      isolation_level: "L1",
      browser: "b",
      warm: 0,
      seen_at: test.clock.now(),
    };
    for (const [id, state] of [
      ["gone", "lost"],
      ["silent", "up"],
    ] as const)
      await db
        .insertInto("workers")
        .values({ id, state, ...worker })
        .execute();

    test.clock.advance(hourMs);
    await test.api.sweeper.sweep();
    expect(await rowsOf(test)).toEqual({ tokens: 2, viewers: 2, keys: 1, sessions: 2, workers: 2 });
    test.clock.advance(2 * hourMs);
    await test.api.sweeper.sweep();
    expect(await rowsOf(test)).toEqual({ tokens: 0, viewers: 2, keys: 1, sessions: 2, workers: 2 });
    test.clock.advance(22 * hourMs);
    await test.api.sweeper.sweep();
    // The open session's viewer may come back, and so may a worker; the records of sessions stay.
    expect(await rowsOf(test)).toEqual({ tokens: 0, viewers: 1, keys: 0, sessions: 2, workers: 1 });
  });
});

import { randomUUID } from "node:crypto";
import { sessionEventsSchema, sessionListSchema, sessionSchema } from "@attestream/shared/partner-api";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sealExtraction } from "../sessions/extraction.ts";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, testKey, type TestApi } from "../test-support/start-test-api.ts";
import { createSealer } from "./encryption.ts";

const demo = "demo-partner-key-0123456789";
const masterKey = "a-master-key-for-tests-of-32-chars-or-more";

/**
 * What every engine must do alike. More that runs on both: idempotency, erasure, retention, sweeps, token
 * races, the queue, a session's walk and the migrations have tests of their own.
 */
describe.each([embedded, postgres()])("storage on $name", (engine) => {
  let test: TestApi;
  beforeAll(async () => {
    test = await startTestApi({
      ...(await engine.env()),
      DEMO_PARTNER_API_KEY: demo,
      MASTER_KEY: masterKey,
      RATE_LIMIT_REQUESTS: "100000",
      RATE_LIMIT_CREATES: "100000",
    });
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await engine.stop();
  });

  const listOf = async (query: string, key = testKey) =>
    sessionListSchema.parse((await test.call("GET", `/partner/browser-sessions?${query}`, { key })).body.data);

  describe("the list", () => {
    const made: string[] = [];
    beforeEach(async () => {
      if (made.length > 0) return;
      for (let count = 0; count < 23; count++) made.push(await test.createSession());
      for (const id of made.slice(0, 7)) await test.call("POST", `/partner/browser-session/${id}/terminate`);
      await test.call("POST", "/partner/browser-session", { body: { platformId: 2 }, key: demo });
    });

    it("gives each session once, page by page, also where many were made in the same instant", async () => {
      const { db } = test.api.database;
      const instant = test.clock.now();
      await db
        .updateTable("sessions")
        // Set once as far as the program goes.
        .set({ created_at: instant } as never)
        .where("id", "in", made.slice(5, 20))
        .execute();
      const whole = await listOf("limit=100");
      const paged = [];
      for (let offset = 0; offset < 25; offset += 4) paged.push(...(await listOf(`limit=4&offset=${offset}`)).sessions);
      expect(paged).toEqual(whole.sessions);
      expect(new Set(paged.map(({ sessionId }) => sessionId))).toEqual(new Set(made));
      const times = paged.map(({ createdAt }) => createdAt);
      expect(times).toEqual(times.toSorted().toReversed());
      // An ending changes no place.
      await test.call("POST", `/partner/browser-session/${made[10]}/terminate`);
      const after = await listOf("limit=100");
      expect(after.sessions.map(({ sessionId }) => sessionId)).toEqual(
        whole.sessions.map(({ sessionId }) => sessionId),
      );
    });

    it("filters, and counts what fits the filter", async () => {
      const ended = await listOf("status=TERMINATED&limit=3&offset=2");
      expect(ended).toMatchObject({ total: 8, limit: 3, offset: 2 });
      expect(ended.sessions.map(({ status }) => status)).toEqual(Array(3).fill("TERMINATED"));
      expect(ended.sessions.every(({ completedAt }) => completedAt !== null)).toBe(true);
      expect(await listOf("status=CREATED&limit=100")).toMatchObject({ total: 15 });
      expect(await listOf("status=COMPLETED")).toMatchObject({ total: 0, sessions: [] });
    });

    it("is empty beyond its end, as far as offset goes", async () => {
      for (const offset of [23, 1_000_000])
        expect(await listOf(`offset=${offset}`)).toMatchObject({ total: 23, sessions: [], offset });
      expect((await test.call("GET", "/partner/browser-sessions?offset=1000001")).status).toBe(400);
    });

    it("is the partner's own", async () => {
      const { sessions, total } = await listOf("limit=100", demo);
      expect(total).toBe(1);
      expect(made).not.toContain(sessions[0]?.sessionId);
    });
  });

  it("nothing of the person is readable in any row", async () => {
    const marker = `Marker-${randomUUID()}`;
    const id = await test.createSession({ receiverData: { name: marker }, nonce: "n-1" });
    for (const type of [
      "session.opened",
      "session.dispatched",
      "browser.started",
      "viewer.connected",
      "tree.loaded",
      "tree.started",
      "collection.started",
    ] as const)
      await test.api.sessions.apply(id, { type });
    const hash = (await test.api.sessions.get(id))?.platform_hash ?? "";
    const sealed = sealExtraction(createSealer(new TextEncoder().encode(masterKey)), id, {
      extractedData: { accountHolder: marker },
      failedParts: [],
      workflow: { name: "sample-bank", version: "1.0.0", hash },
      browser: { product: "HeadlessChrome", version: "156.0" },
      isolationLevel: "L1",
    });
    await test.api.sessions.apply(id, { type: "data.extracted", partial: false }, { set: { extraction_enc: sealed } });
    await test.reached(id, "COMPLETED");

    const { db } = test.api.database;
    const tables = await sql<{ name: string }>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`.execute(db);
    expect(tables.rows.length).toBeGreaterThan(10);
    const spellings = [
      marker,
      Buffer.from(marker).toString("hex"),
      // In base64 by what stands before it, without the letters that it shares with its neighbours.
      ...[0, 1, 2].map((before) =>
        Buffer.from("\0".repeat(before) + marker)
          .toString("base64url")
          .slice(4, -4),
      ),
    ];
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(db);
      for (const { row } of rows)
        for (const text of spellings) expect([name, row.includes(text)]).toEqual([name, false]);
    }
    // And it is there for whom it is meant.
    const { body } = await test.call("GET", `/partner/browser-session/${id}`);
    expect(sessionSchema.parse(body.data).extractedData).toEqual({ accountHolder: marker });
  });

  it("a sealed value that is moved to another session opens for nobody", async () => {
    const [one, other] = [await test.createSession(), await test.createSession()];
    const sealer = createSealer(new TextEncoder().encode(masterKey));
    const sealed = sealExtraction(sealer, one, {
      extractedData: { accountHolder: "A" },
      failedParts: [],
      workflow: { name: "sample-bank", version: "1.0.0", hash: "ab12" },
      browser: { product: "HeadlessChrome", version: "156.0" },
      isolationLevel: "L1",
    });
    const { db } = test.api.database;
    const done = { extraction_enc: sealed, status: "COMPLETED" as const, completed_at: test.clock.now() };
    await db.updateTable("sessions").set(done).where("id", "in", [one, other]).execute();
    expect((await test.call("GET", `/partner/browser-session/${one}`)).status).toBe(200);
    expect((await test.call("GET", `/partner/browser-session/${other}`)).status).toBe(500);
  });

  it("a session's log comes in pages, in order", async () => {
    const id = await test.createSession();
    for (const type of ["session.opened", "session.dispatched", "browser.started", "viewer.connected"] as const)
      await test.api.sessions.apply(id, { type });
    const page = async (query: string) =>
      sessionEventsSchema.parse((await test.call("GET", `/partner/browser-session/${id}/events?${query}`)).body.data);
    const { events } = await page("limit=500");
    expect(events.map(({ type }) => type)).toEqual([
      "session.created",
      "session.opened",
      "session.dispatched",
      "browser.started",
      "viewer.connected",
    ]);
    const paged = [];
    for (let after = 0, more = true; more;) {
      const { events: some, hasMore } = await page(`limit=2&after=${after}`);
      paged.push(...some);
      after = some.at(-1)?.seq ?? 0;
      more = hasMore;
    }
    expect(paged).toEqual(events);
  });

  it("of many events at once on one session each counts once, in one order", async () => {
    const id = await test.createSession();
    const moves = await Promise.all(
      Array.from({ length: 20 }, () =>
        test.api.sessions.apply(id, { type: "session.terminated", code: "TERMINATED_BY_PARTNER" }),
      ),
    );
    expect(moves.filter(({ outcome }) => outcome === "moved")).toHaveLength(1);
    const { db } = test.api.database;
    const log = await db
      .selectFrom("session_events")
      .select("seq")
      .where("session_id", "=", id)
      .orderBy("seq")
      .execute();
    expect(log).toHaveLength(2);
  });

  it("of many rotations of one key at once one wins", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => test.call("POST", "/partner/api-keys/rotate", { key: demo, body: {} })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(7);
  });
});

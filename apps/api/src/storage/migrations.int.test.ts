import { PGlite } from "@electric-sql/pglite";
import { startPostgres } from "@attestream/testkit";
import { Kysely, PGliteDialect, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { migrate } from "./migrate.ts";
import * as initial from "./migrations/0001-initial.ts";
import * as additivePaths from "./migrations/0002-additive-paths.ts";
import type { Database } from "./schema.ts";

/** Rows as each release wrote them. */
const firstRelease = [
  `insert into partners values ('p', 'Partner', '\\x00')`,
  `insert into api_keys (id, partner_id, prefix, hash, mode) values ('k', 'p', 'as_live_', '\\x01', 'live')`,
  `insert into platforms (id, name, active_hash, is_active) values (1, 'bank', 'h', true)`,
  `insert into sessions (id, partner_id, api_key_id, mode, platform_id, platform_hash, status, snapshot,
     machine_version, version, epoch, report_seq, expires_at, progress, consent_required, completed_at)
   values ('s', 'p', 'k', 'live', 1, 'h', 'TERMINATED', '{}', 1, 1, 0, 0, now(), 0, false, now()),
     ('t', 'p', 'k', 'live', 1, 'h', 'COMPLETED', '{}', 1, 1, 0, 0, now(), 100, false, now())`,
  `insert into session_events values ('s', 1, 'session.created', 'CREATED', '{}', now())`,
  `insert into webhook_deliveries (id, session_id, partner_id, event, url, state, attempts)
   values ('msg_1', 's', 'p', 'session.terminated', 'https://shop.example.com', 'failed', 10)`,
];
const secondRelease = [
  `insert into idempotency_keys values ('p', 'live', 'order-1', '\\x01', 's', now())`,
  `insert into erasures values ('t', 'a.b.c', '2026-01-02T03:04:05Z')`,
];

const engines = [
  {
    name: "PGlite",
    async open() {
      const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite: await PGlite.create() }) });
      return { db, [Symbol.asyncDispose]: () => db.destroy() };
    },
  },
  {
    name: "PostgreSQL",
    async open() {
      const server = await startPostgres();
      const pool = new pg.Pool({ connectionString: server.url });
      const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
      return {
        db,
        async [Symbol.asyncDispose]() {
          await db.destroy();
          await server[Symbol.asyncDispose]();
        },
      };
    },
  },
];

describe.each(engines)("data of earlier releases on $name", ({ open }) => {
  it("lives on through every later migration", async () => {
    await using database = await open();
    const { db } = database;
    for (const [migrations, statements] of [
      [{ "0001-initial": initial }, firstRelease],
      [{ "0001-initial": initial, "0002-additive-paths": additivePaths }, secondRelease],
    ] as const) {
      const provider = { getMigrations: async () => migrations };
      expect((await new Migrator({ db, provider }).migrateToLatest()).error).toBeUndefined();
      for (const statement of statements) await sql.raw(statement).execute(db);
    }

    await migrate(db);
    expect(await db.selectFrom("webhook_deliveries").selectAll().execute()).toMatchObject([
      { id: "msg_1", session_id: "s", mode: "live", attempts: 10, replays: 0 },
    ]);
    expect(await db.selectFrom("api_keys").selectAll().execute()).toMatchObject([{ id: "k", expires_at: null }]);
    expect(await db.selectFrom("sessions").selectAll().orderBy("id").execute()).toMatchObject([
      { id: "s", status: "TERMINATED", custom_url: null, data_erased_at: null },
      { id: "t", status: "COMPLETED", custom_url: null, data_erased_at: new Date("2026-01-02T03:04:05Z") },
    ]);
    expect(await db.selectFrom("session_events").select("type").execute()).toEqual([{ type: "session.created" }]);
    expect(await db.selectFrom("idempotency_keys").select("key").execute()).toEqual([{ key: "order-1" }]);
    expect(await db.selectFrom("erasures").select("receipt").execute()).toEqual([{ receipt: "a.b.c" }]);
    // Nothing left to do.
    await migrate(db);
  });
});

import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, it } from "vitest";
import { migrate } from "./migrate.ts";
import * as initial from "./migrations/0001-initial.ts";
import type { Database } from "./schema.ts";

it("data of the first release lives on through every later migration", async () => {
  const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite: await PGlite.create() }) });
  try {
    const provider = { getMigrations: async () => ({ "0001-initial": initial }) };
    expect((await new Migrator({ db, provider }).migrateToLatest()).error).toBeUndefined();
    for (const statement of [
      `insert into partners values ('p', 'Partner', '\\x00')`,
      `insert into api_keys (id, partner_id, prefix, hash, mode) values ('k', 'p', 'as_live_', '\\x01', 'live')`,
      `insert into platforms (id, name, active_hash, is_active) values (1, 'bank', 'h', true)`,
      `insert into sessions (id, partner_id, api_key_id, mode, platform_id, platform_hash, status, snapshot,
         machine_version, version, epoch, report_seq, expires_at, progress, consent_required)
       values ('s', 'p', 'k', 'live', 1, 'h', 'TERMINATED', '{}', 1, 1, 0, 0, now(), 0, false)`,
      `insert into webhook_deliveries (id, session_id, partner_id, event, url, state, attempts)
       values ('msg_1', 's', 'p', 'session.terminated', 'https://shop.example.com', 'failed', 10)`,
    ])
      await sql.raw(statement).execute(db);

    await migrate(db);
    expect(await db.selectFrom("webhook_deliveries").selectAll().execute()).toMatchObject([
      { id: "msg_1", session_id: "s", mode: "live", attempts: 10, replays: 0 },
    ]);
    expect(await db.selectFrom("api_keys").selectAll().execute()).toMatchObject([{ id: "k", expires_at: null }]);
    expect(await db.selectFrom("sessions").select("id").execute()).toEqual([{ id: "s" }]);
    // Nothing left to do.
    await migrate(db);
  } finally {
    await db.destroy();
  }
});

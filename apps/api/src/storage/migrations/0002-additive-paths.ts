import { sql, type Kysely } from "kysely";

const statements = [
  `create table idempotency_keys (
    partner_id text not null references partners (id),
    mode text not null,
    key text not null,
    body_hash bytea not null,
    session_id text not null references sessions (id),
    created_at timestamptz not null,
    primary key (partner_id, mode, key)
  )`,
  `create index idempotency_keys_age on idempotency_keys (created_at)`,
  `create table erasures (
    session_id text primary key references sessions (id),
    receipt text not null,
    erased_at timestamptz not null
  )`,
  `alter table api_keys add column expires_at timestamptz`,
  // A test delivery belongs to no session; a replay begins the schedule afresh.
  `alter table webhook_deliveries alter column session_id drop not null`,
  `alter table webhook_deliveries add column mode text`,
  `update webhook_deliveries set mode = (select mode from sessions where sessions.id = session_id)`,
  `alter table webhook_deliveries alter column mode set not null`,
  `alter table webhook_deliveries add column replays integer not null default 0`,
  `create index webhook_deliveries_of_partner on webhook_deliveries (partner_id, mode, created_at desc, id)`,
  `create index embed_tokens_age on embed_tokens (used_at)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

import { sql, type Kysely } from "kysely";

const statements = [
  // Events on the way to the end, for sessions that asked for them.
  `alter table sessions add column webhook_events jsonb`,
  `alter table webhook_deliveries add column session_seq integer`,
  // A session may be in a status more than once, but it ends once.
  `alter table webhook_deliveries drop constraint webhook_deliveries_session_id_event_key`,
  `create unique index webhook_deliveries_of_change on webhook_deliveries (session_id, session_seq)`,
  `create unique index webhook_deliveries_of_end on webhook_deliveries (session_id) where event in
    ('session.completed', 'session.partial_complete', 'session.error', 'session.cancelled', 'session.terminated')`,
  `create table webhook_attempts (
    delivery_id text not null references webhook_deliveries (id) on delete cascade,
    replay integer not null,
    number integer not null,
    started_at timestamptz not null,
    duration_ms integer not null,
    status integer,
    error text,
    primary key (delivery_id, replay, number)
  )`,
  // By hash: an address may be longer than an index takes.
  `create table disabled_webhook_endpoints (
    partner_id text not null references partners (id),
    url_hash text not null,
    disabled_at timestamptz not null,
    primary key (partner_id, url_hash)
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

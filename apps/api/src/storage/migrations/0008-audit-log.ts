import { sql, type Kysely } from "kysely";

const statements = [
  `create table audit_log (
    seq integer primary key,
    at timestamptz not null,
    -- who: "key as_live_…" by the key's prefix, or "system: …"
    actor text not null,
    action text not null,
    -- what it was done to: a session's id, a key's prefix, a delivery's id
    subject text,
    partner_id text,
    -- shortened to its network
    address text,
    request_id text,
    -- JSON as text: the chain is over these very characters
    details text not null,
    chain bytea not null
  )`,
  // Against mistakes. Who owns the database can take it away; the chain is for them.
  `create function audit_log_is_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'audit_log is append-only'; end $$`,
  `create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function audit_log_is_append_only()`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

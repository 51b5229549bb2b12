import { sql, type Kysely } from "kysely";

const statements = [
  // What of the account's data a session asks for; null asks for all.
  `alter table sessions add column disclosure json`,
  // On whose word an attestation rests, and what attestors signed for it.
  `alter table attestations add column mode text not null default 'signed'`,
  `alter table attestations add column evidence_enc bytea`,
  // The log. One row says how far it is and is the lock under which it grows: a log must not fork.
  `create table log_head (
    id integer primary key check (id = 1),
    size integer not null,
    -- roots of the whole subtrees, largest first, 32 bytes each
    frontier bytea not null
  )`,
  `insert into log_head (id, size, frontier) values (1, 0, '')`,
  // Outlives the attestation's erasure: it is a hash, and a log only grows.
  `create table log_entries (
    index integer primary key,
    entry bytea not null unique,
    session_id text not null references sessions (id),
    at timestamptz not null
  )`,
  `create index log_entries_of_session on log_entries (session_id)`,
  // Hashes of whole subtrees: level 0 are leaves.
  `create table log_nodes (
    level integer not null,
    index integer not null,
    hash bytea not null,
    primary key (level, index)
  )`,
  `create table status_lists (
    id integer generated always as identity primary key,
    created_at timestamptz not null
  )`,
  // Outlives the attestation's erasure too: copies of it can be revoked still.
  `create table attestation_statuses (
    session_id text primary key references sessions (id),
    list_id integer not null references status_lists (id),
    index integer not null,
    revoked_at timestamptz,
    reason text,
    unique (list_id, index)
  )`,
  `create index attestation_statuses_revoked on attestation_statuses (list_id) where revoked_at is not null`,
  // Keys of attestors that vouched for something: it must stay checkable when they are gone.
  `create table attestor_keys (
    kid text primary key,
    public_jwk jsonb not null,
    seen_at timestamptz not null
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

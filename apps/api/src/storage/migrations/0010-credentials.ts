import { sql, type Kysely } from "kysely";

const statements = [
  // Whether the partner asked for a credential to make predicate proofs from.
  `alter table sessions add column wants_credential boolean not null default false`,
  // Made at the first request for it; holds the data itself.
  `create table credentials (
    session_id text primary key references sessions (id),
    credential_enc bytea not null,
    kid text not null,
    issued_at timestamptz not null
  )`,
  `create table bbs_keys (
    kid text primary key,
    secret_key_enc bytea not null,
    public_key json not null,
    active boolean not null,
    created_at timestamptz not null
  )`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

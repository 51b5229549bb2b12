import { sql, type Kysely } from "kysely";

const statements = [
  `alter table sessions add column custom_url text`,
  `alter table sessions add column data_erased_at timestamptz`,
  `update sessions set data_erased_at = (select erased_at from erasures where session_id = sessions.id)`,
  // What retention still has to look at.
  `create index sessions_with_data on sessions (completed_at) where completed_at is not null and data_erased_at is null`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

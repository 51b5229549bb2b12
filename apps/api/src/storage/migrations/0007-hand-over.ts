import { sql, type Kysely } from "kysely";

const statements = [
  // Whose turn it is: of a session's viewers the one that was handed the session last holds it.
  `alter table viewers add column turn integer not null default 1`,
  `alter table viewers add column handed_over_at timestamptz`,
  // Until then the viewer that was handed over from may take the session back.
  `alter table viewers add column return_until timestamptz`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

import { sql, type Kysely } from "kysely";

const statements = [
  // Public keys only: what viewers check, and what they seal for.
  `alter table workers add column identity_key jsonb`,
  `alter table sessions add column seal_key text`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

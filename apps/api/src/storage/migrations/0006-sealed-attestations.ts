import { sql, type Kysely } from "kysely";

const statements = [
  // An attestation holds the data itself: it is sealed like it. Plain ones of earlier releases are sealed at the next start.
  `alter table attestations alter column attestation drop not null`,
  `alter table attestations add column attestation_enc bytea`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

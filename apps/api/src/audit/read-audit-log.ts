import type { Kysely, Selectable } from "kysely";
import type { AuditLogTable, Database } from "../storage/schema.ts";
import { chainOf } from "./audit-log.ts";

export type AuditRow = Selectable<AuditLogTable>;

const batch = 500;

/**
 * All entries, oldest first, each with whether it follows from those before it. After one that does not,
 * the chain goes on from what stands there, so that one change is told once. Entries cut off at the end
 * leave no trace: keep copies elsewhere.
 */
export async function* readAuditLog(
  db: Kysely<Database>,
  key: Uint8Array,
): AsyncGenerator<{ row: AuditRow; holds: boolean }> {
  let before: AuditRow | null = null;
  for (;;) {
    const rows: AuditRow[] = await db
      .selectFrom("audit_log")
      .selectAll()
      .where("seq", ">", before?.seq ?? 0)
      .orderBy("seq")
      .limit(batch)
      .execute();
    for (const row of rows) {
      const expected = chainOf(key, before?.chain ?? null, row);
      yield { row, holds: row.seq === (before?.seq ?? 0) + 1 && Buffer.from(expected).equals(row.chain) };
      before = row;
    }
    if (rows.length < batch) return;
  }
}

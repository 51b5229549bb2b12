import type { Kysely } from "kysely";
import type { Database } from "../storage/schema.ts";
import { systemActor } from "./actor.ts";
import type { AuditEntry, AuditLog } from "./audit-log.ts";

/** At each start: the settings that decide on safety, when they are not as the start before had them. */
export function noteConfiguration(
  { db, audit }: { db: Kysely<Database>; audit: AuditLog },
  details: NonNullable<AuditEntry["details"]>,
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const last = await trx
      .selectFrom("audit_log")
      .select("details")
      .where("action", "=", "api.configured")
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst();
    if (last?.details === JSON.stringify(details)) return;
    await audit.record(trx, systemActor("start"), { action: "api.configured", details });
  });
}

import type { Kysely } from "kysely";
import { systemActor } from "../audit/actor.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Log } from "../http/log.ts";
import type { Sealer } from "./encryption.ts";
import { resealAll } from "./reseal.ts";
import type { Database } from "./schema.ts";

/** Once per start, beside the work: brings all under the present key, and tells what that means for the old ones. Never rejects. */
export async function keepSealed(deps: {
  db: Kysely<Database>;
  sealer: Sealer;
  audit: AuditLog;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { db, sealer, audit, log } = deps;
  try {
    const { missingKeys, unreadable, finished, resealed } = await resealAll(deps);
    if (unreadable > 0) {
      log.error(
        { op: "reseal", missingKeys, unreadable },
        "stored values cannot be read: add the keys that sealed them to ENCRYPTION_KEYS_OLD",
      );
    } else if (finished && resealed > 0) {
      await db.transaction().execute((trx) =>
        audit.record(trx, systemActor("start"), {
          action: "encryption_key.changed",
          subject: sealer.keyId,
          details: { values: resealed },
        }),
      );
      log.info(
        { op: "reseal", keyId: sealer.keyId, resealed },
        "all that is stored is under the present key; ENCRYPTION_KEYS_OLD may be emptied once no process writes under an old one",
      );
    }
  } catch (error) {
    log.error(
      { op: "reseal", err: error instanceof Error ? error.name : typeof error },
      "stored values were not all brought under the present key; the next start goes on",
    );
  }
}

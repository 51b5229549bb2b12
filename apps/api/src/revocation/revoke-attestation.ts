import type { Kysely } from "kysely";
import { AppError } from "@attestream/shared";
import { revocationSchema, type Revocation } from "@attestream/shared/partner-api";
import type { Actor } from "../audit/actor.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import { recordEvent } from "../sessions/apply-event.ts";
import type { Database } from "../storage/schema.ts";

/** Says that a session's attestation counts no more, for good. Also of one whose data was erased: copies of it are about. Again: the same answer. */
export function createRevoker(deps: { db: Kysely<Database>; audit: AuditLog; now: () => Date }) {
  const { db, audit, now } = deps;

  return function revoke(sessionId: string, reason: Revocation["reason"], actor: Actor): Promise<Revocation> {
    return db.transaction().execute(async (trx) => {
      const session = await trx
        .selectFrom("sessions")
        .selectAll()
        .where("id", "=", sessionId)
        .forUpdate()
        .executeTakeFirst();
      if (!session) throw new AppError("session_not_found");
      const logged = await trx
        .selectFrom("log_entries")
        .select("index")
        .where("session_id", "=", sessionId)
        .executeTakeFirst();
      const attested = await trx
        .selectFrom("attestations")
        .select("proof_hash")
        .where("session_id", "=", sessionId)
        .executeTakeFirst();
      // A place in the list alone is not enough: it is drawn before the attestation comes about.
      if (!logged) throw new AppError(attested ? "attestation_not_revocable" : "attestation_absent");
      const status = await trx
        .selectFrom("attestation_statuses")
        .selectAll()
        .where("session_id", "=", sessionId)
        .executeTakeFirstOrThrow();
      if (status.revoked_at !== null) {
        return revocationSchema.parse({
          sessionId,
          revokedAt: status.revoked_at.toISOString(),
          reason: status.reason,
        });
      }

      const revokedAt = now();
      await trx
        .updateTable("attestation_statuses")
        .set({ revoked_at: revokedAt, reason })
        .where("session_id", "=", sessionId)
        .execute();
      const after = await trx
        .updateTable("sessions")
        // It verifies no more.
        .set({ has_attestation: false, version: session.version + 1 })
        .where("id", "=", sessionId)
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordEvent(trx, { session: after, type: "attestation.revoked", payload: { reason }, now: revokedAt });
      await audit.record(trx, actor, {
        action: "attestation.revoked",
        subject: sessionId,
        partnerId: session.partner_id,
        details: { reason },
      });
      return { sessionId, revokedAt: revokedAt.toISOString(), reason };
    });
  };
}

import { signErasureReceipt } from "@attestream/attestation";
import { AppError, isTerminal } from "@attestream/shared";
import type { Kysely, Selectable } from "kysely";
import type { Actor } from "../audit/actor.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { SigningKeys } from "../attestation/signing-keys.ts";
import type { Database, ErasuresTable } from "../storage/schema.ts";
import { recordEvent } from "./apply-event.ts";

/** Removes what a session knows of its end user and says so in a signed receipt. Again: the same receipt. */
export function createEraser(deps: {
  db: Kysely<Database>;
  keys: Pick<SigningKeys, "active">;
  issuer: string;
  audit: AuditLog;
  now: () => Date;
  newId: () => string;
}) {
  const { db, keys, issuer, audit, now, newId } = deps;

  return async function erase(sessionId: string, actor: Actor): Promise<Selectable<ErasuresTable>> {
    // Before the transaction: the embedded database has one connection.
    const key = await keys.active();
    return db.transaction().execute(async (trx) => {
      const session = await trx
        .selectFrom("sessions")
        .selectAll()
        .where("id", "=", sessionId)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const before = await trx
        .selectFrom("erasures")
        .selectAll()
        .where("session_id", "=", sessionId)
        .executeTakeFirst();
      if (before) return before;
      if (!isTerminal(session.status)) {
        throw new AppError("session_state_conflict", {
          message: `The session is ${session.status}: its data can be erased once it has ended. Terminate it first.`,
        });
      }

      const at = now();
      const attestation = await trx
        .deleteFrom("attestations")
        .where("session_id", "=", sessionId)
        .returning(["proof_hash", "evidence_enc"])
        .executeTakeFirst();
      const credential = await trx
        .deleteFrom("credentials")
        .where("session_id", "=", sessionId)
        .returning("kid")
        .executeTakeFirst();
      const after = await trx
        .updateTable("sessions")
        .set({
          extraction_enc: null,
          receiver_data_enc: null,
          metadata: null,
          custom_url: null,
          data_erased_at: at,
          has_attestation: false,
          version: session.version + 1,
        })
        .where("id", "=", sessionId)
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordEvent(trx, { session: after, type: "data.erased", payload: {}, now: at });
      const receipt = await signErasureReceipt(
        {
          issuer,
          id: newId(),
          audience: session.partner_id,
          sessionId,
          erasedAt: at,
          erased: [
            ...(session.extraction_enc === null ? [] : ["extractedData"]),
            ...(session.receiver_data_enc === null ? [] : ["receiverData"]),
            ...(attestation ? ["attestation"] : []),
            ...(attestation && attestation.evidence_enc !== null ? ["evidence"] : []),
            ...(credential ? ["credential"] : []),
            ...(session.metadata === null ? [] : ["metadata"]),
            ...(session.custom_url === null ? [] : ["customUrl"]),
          ],
          ...(attestation ? { proofHash: attestation.proof_hash } : {}),
        },
        key,
      );
      const erasure = { session_id: sessionId, receipt, erased_at: at };
      await trx.insertInto("erasures").values(erasure).execute();
      await audit.record(trx, actor, {
        action: "session.data_erased",
        subject: sessionId,
        partnerId: session.partner_id,
      });
      return erasure;
    });
  };
}

import type { Kysely } from "kysely";
import type { WebhookPayload } from "@attestream/shared/partner-api";
import { openWebhookSecrets } from "../keys/webhook-secrets.ts";
import { openExtraction } from "../sessions/extraction.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";
import type { DeliveryRow } from "./delivery-log.ts";
import { statusOf, testPayload, webhookPayload } from "./webhook-payload.ts";

/** What one attempt sends, and the secrets that sign it now. */
export function createCompose(deps: { db: Kysely<Database>; sealer: Sealer }) {
  const { db, sealer } = deps;

  async function payloadOf(delivery: DeliveryRow, sessionId: string): Promise<WebhookPayload> {
    const status = statusOf(delivery.event);
    if (status === undefined) throw new Error(`No session's status is told by ${delivery.event}`);
    const session = await db.selectFrom("sessions").selectAll().where("id", "=", sessionId).executeTakeFirstOrThrow();
    const proof = session.has_attestation
      ? await db.selectFrom("attestations").select("proof_hash").where("session_id", "=", session.id).executeTakeFirst()
      : undefined;
    return webhookPayload({
      session,
      status,
      seq: delivery.session_seq,
      extractedData: openExtraction(sealer, session)?.extractedData ?? null,
      proofHash: proof?.proof_hash ?? null,
    });
  }

  return async (delivery: DeliveryRow, at: Date): Promise<{ body: string; secrets: string[] }> => {
    const partner = await db
      .selectFrom("partners")
      .select(["id", "webhook_secrets_enc"])
      .where("id", "=", delivery.partner_id)
      .executeTakeFirstOrThrow();
    const payload =
      delivery.session_id === null ? testPayload(delivery.created_at) : await payloadOf(delivery, delivery.session_id);
    const secrets = openWebhookSecrets(sealer, partner, at).map(({ secret }) => secret);
    return { body: JSON.stringify(payload), secrets };
  };
}

import type { Kysely, Selectable } from "kysely";
import type { WebhookPayload } from "@attestream/shared/partner-api";
import { openExtraction } from "../sessions/extraction.ts";
import { openWebhookSecrets } from "../keys/webhook-secrets.ts";
import type { Log } from "../http/log.ts";
import { isDatabaseOutage } from "../storage/database-outage.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { Database, WebhookDeliveriesTable } from "../storage/schema.ts";
import type { PostOutcome, PostWebhook } from "./post-webhook.ts";
import { nextAttemptAt } from "./retry-schedule.ts";
import { signWebhook } from "./sign-webhook.ts";
import { testPayload, webhookPayload } from "./webhook-payload.ts";
import type { AttemptJob, WebhookQueue } from "./webhook-queue.ts";

type Delivery = Selectable<WebhookDeliveriesTable>;

export interface AttemptDependencies {
  db: Kysely<Database>;
  sealer: Sealer;
  queue: Pick<WebhookQueue, "send">;
  post: PostWebhook;
  now: () => Date;
  random: () => number;
  log: Log;
  delaysMs?: readonly number[] | undefined;
}

/**
 * Makes one attempt and writes what came of it, together with the next attempt. A process that dies
 * in between makes the attempt again: at least once, always with the same `webhook-id`.
 */
export function createAttemptDelivery(
  deps: AttemptDependencies,
): (job: AttemptJob, signal: AbortSignal) => Promise<void> {
  const { db, sealer, queue, post, now, random, log } = deps;

  async function compose(delivery: Delivery, at: Date): Promise<{ body: string; secrets: string[] }> {
    const partner = await db
      .selectFrom("partners")
      .select(["id", "webhook_secrets_enc"])
      .where("id", "=", delivery.partner_id)
      .executeTakeFirstOrThrow();
    const payload =
      delivery.session_id === null ? testPayload(delivery.created_at) : await payloadOf(delivery.session_id);
    const secrets = openWebhookSecrets(sealer, partner, at).map(({ secret }) => secret);
    return { body: JSON.stringify(payload), secrets };
  }

  async function payloadOf(sessionId: string): Promise<WebhookPayload> {
    const session = await db.selectFrom("sessions").selectAll().where("id", "=", sessionId).executeTakeFirstOrThrow();
    const proof = session.has_attestation
      ? await db.selectFrom("attestations").select("proof_hash").where("session_id", "=", session.id).executeTakeFirst()
      : undefined;
    return webhookPayload({
      session,
      extractedData: openExtraction(sealer, session)?.extractedData ?? null,
      proofHash: proof?.proof_hash ?? null,
    });
  }

  async function make(delivery: Delivery, at: Date, signal: AbortSignal): Promise<PostOutcome> {
    try {
      const { body, secrets } = await compose(delivery, at);
      return await post(delivery.url, { ...signWebhook(delivery.id, at, body, secrets) }, body, signal);
    } catch (error) {
      // The queue hands it out again. Anything else (a secret that cannot be opened, say) must not be tried for ever.
      if (signal.aborted || isDatabaseOutage(error)) throw error;
      log.error(
        {
          op: "webhook.attempt",
          deliveryId: delivery.id,
          errorName: error instanceof Error ? error.name : typeof error,
        },
        "webhook could not be made",
      );
      return { ok: false, reason: "internal", final: false };
    }
  }

  async function record(delivery: Delivery, outcome: PostOutcome): Promise<{ next: Date | null }> {
    const attempts = delivery.attempts + 1;
    const at = now();
    const next =
      // A test is looked at now or never.
      outcome.ok || outcome.final || delivery.session_id === null
        ? null
        : nextAttemptAt({
            attempts,
            now: at,
            retryAfterMs: outcome.retryAfterMs,
            random: random(),
            ...(deps.delaysMs === undefined ? {} : { delaysMs: deps.delaysMs }),
          });
    await db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable("webhook_deliveries")
        .set({
          attempts,
          state: outcome.ok ? "delivered" : next === null ? "failed" : "pending",
          next_attempt_at: next,
          last_status: outcome.status ?? null,
          last_error: outcome.ok ? null : outcome.reason,
          ...(outcome.ok ? { delivered_at: at } : {}),
        })
        .where("id", "=", delivery.id)
        .where("state", "=", "pending")
        .where("attempts", "=", delivery.attempts)
        .where("replays", "=", delivery.replays)
        .executeTakeFirst();
      // Nothing updated: the same attempt was made twice and the other one was first.
      if (numUpdatedRows === 1n && next !== null) {
        await queue.send(trx, [{ deliveryId: delivery.id, attempts, replays: delivery.replays }], {
          partnerId: delivery.partner_id,
          urgency: "news",
          notBefore: next,
        });
      }
    });
    return { next };
  }

  return async (job, signal) => {
    const delivery = await db
      .selectFrom("webhook_deliveries")
      .selectAll()
      .where("id", "=", job.deliveryId)
      .executeTakeFirst();
    if (
      !delivery ||
      delivery.state !== "pending" ||
      delivery.attempts !== job.attempts ||
      delivery.replays !== job.replays
    )
      return;
    const startedAt = now();
    const outcome = await make(delivery, startedAt, signal);
    const { next } = await record(delivery, outcome);
    log.info(
      {
        op: "webhook.attempt",
        ok: outcome.ok,
        durationMs: now().getTime() - startedAt.getTime(),
        ...(outcome.ok ? {} : { errorCode: outcome.reason }),
        deliveryId: delivery.id,
        ...(delivery.session_id === null ? {} : { sessionId: delivery.session_id }),
        partnerId: delivery.partner_id,
        attempt: delivery.attempts + 1,
        ...(outcome.status === undefined ? {} : { status: outcome.status }),
        ...(next === null ? {} : { nextAttemptAt: next.toISOString() }),
      },
      "webhook attempted",
    );
  };
}

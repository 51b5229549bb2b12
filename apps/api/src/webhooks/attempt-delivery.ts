import type { Log } from "../http/log.ts";
import { isDatabaseOutage } from "../storage/database-outage.ts";
import type { Sealer } from "../storage/encryption.ts";
import { createCompose } from "./compose-webhook.ts";
import type { DeliveryRow } from "./delivery-log.ts";
import { isDisabled } from "./disabled-endpoints.ts";
import type { PostOutcome, PostWebhook } from "./post-webhook.ts";
import { createRecordAttempt, type RecordDependencies } from "./record-attempt.ts";
import { signWebhook } from "./sign-webhook.ts";
import { isProgress } from "./webhook-payload.ts";
import type { AttemptJob } from "./webhook-queue.ts";

/** Why a webhook is not sent at all any more. Beside the failures of attempts in the delivery log. */
type NotSent =
  /** Its address has answered 410. */
  | "endpoint_disabled"
  /** It failed before, tells of a status on the way, and the session has ended since. */
  | "superseded";

export interface AttemptDependencies extends RecordDependencies {
  sealer: Sealer;
  post: PostWebhook;
  now: () => Date;
  log: Log;
  onAttempt?: ((ok: boolean) => void) | undefined;
}

/**
 * Makes one attempt and writes what came of it, together with the next attempt. A process that dies
 * in between makes the attempt again: at least once, always with the same `webhook-id`.
 */
export function createAttemptDelivery(
  deps: AttemptDependencies,
): (job: AttemptJob, signal: AbortSignal) => Promise<void> {
  const { db, post, now, log } = deps;
  const compose = createCompose(deps);
  const record = createRecordAttempt(deps);

  async function reasonNotToSend(delivery: DeliveryRow): Promise<NotSent | null> {
    // A test is how an address comes back.
    if (delivery.session_id === null) return null;
    if (await isDisabled(db, { partnerId: delivery.partner_id, url: delivery.url })) return "endpoint_disabled";
    if (delivery.attempts === 0 || !isProgress(delivery.event)) return null;
    const { completed_at } = await db
      .selectFrom("sessions")
      .select("completed_at")
      .where("id", "=", delivery.session_id)
      .executeTakeFirstOrThrow();
    return completed_at === null ? null : "superseded";
  }

  async function giveUp(delivery: DeliveryRow, reason: NotSent): Promise<void> {
    await db
      .updateTable("webhook_deliveries")
      .set({ state: "failed", next_attempt_at: null, last_error: reason })
      .where("id", "=", delivery.id)
      .where("state", "=", "pending")
      .where("attempts", "=", delivery.attempts)
      .where("replays", "=", delivery.replays)
      .execute();
    log.info({ op: "webhook.attempt", ...namesOf(delivery), errorCode: reason }, "webhook not sent");
  }

  async function make(delivery: DeliveryRow, at: Date, signal: AbortSignal): Promise<PostOutcome> {
    try {
      const { body, secrets } = await compose(delivery, at);
      return await post(delivery.url, { ...signWebhook(delivery.id, at, body, secrets) }, body, signal);
    } catch (error) {
      // The queue hands it out again. Anything else (a secret that cannot be opened, say) must not be tried for ever.
      if (signal.aborted || isDatabaseOutage(error)) throw error;
      const errorName = error instanceof Error ? error.name : typeof error;
      log.error({ op: "webhook.attempt", ...namesOf(delivery), errorName }, "webhook could not be made");
      return { ok: false, reason: "internal", final: false };
    }
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
    const notSent = await reasonNotToSend(delivery);
    if (notSent !== null) return giveUp(delivery, notSent);

    const startedAt = now();
    const outcome = await make(delivery, startedAt, signal);
    const endedAt = now();
    const next = await record(delivery, { startedAt, endedAt, outcome });
    deps.onAttempt?.(outcome.ok);
    log.info(
      {
        op: "webhook.attempt",
        ...namesOf(delivery),
        ok: outcome.ok,
        durationMs: endedAt.getTime() - startedAt.getTime(),
        ...(outcome.ok ? {} : { errorCode: outcome.reason }),
        attempt: delivery.attempts + 1,
        ...(outcome.status === undefined ? {} : { status: outcome.status }),
        ...(next === null ? {} : { nextAttemptAt: next.toISOString() }),
      },
      "webhook attempted",
    );
  };
}

function namesOf(delivery: DeliveryRow) {
  return {
    deliveryId: delivery.id,
    ...(delivery.session_id === null ? {} : { sessionId: delivery.session_id }),
    partnerId: delivery.partner_id,
  };
}

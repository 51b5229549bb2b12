import type { Kysely, Transaction } from "kysely";
import type { Database } from "../storage/schema.ts";
import type { DeliveryRow } from "./delivery-log.ts";
import { disable, enable } from "./disabled-endpoints.ts";
import type { PostOutcome } from "./post-webhook.ts";
import { nextAttemptAt } from "./retry-schedule.ts";
import { urgencyOf } from "./webhook-payload.ts";
import type { WebhookQueue } from "./webhook-queue.ts";

/** Replays whose attempts are kept, the present one included. */
export const replaysKept = 5;

export interface Attempted {
  startedAt: Date;
  endedAt: Date;
  outcome: PostOutcome;
}

export interface RecordDependencies {
  db: Kysely<Database>;
  queue: Pick<WebhookQueue, "send">;
  random: () => number;
  delaysMs?: readonly number[] | undefined;
}

/** Writes what came of an attempt together with the next one; gives the time of that. */
export function createRecordAttempt(deps: RecordDependencies) {
  const { db, queue, random, delaysMs } = deps;

  async function log(trx: Transaction<Database>, delivery: DeliveryRow, { startedAt, endedAt, outcome }: Attempted) {
    await trx
      .insertInto("webhook_attempts")
      .values({
        delivery_id: delivery.id,
        replay: delivery.replays,
        number: delivery.attempts + 1,
        started_at: startedAt,
        duration_ms: Math.max(0, endedAt.getTime() - startedAt.getTime()),
        status: outcome.status ?? null,
        error: outcome.ok ? null : outcome.reason,
      })
      .execute();
    await trx
      .deleteFrom("webhook_attempts")
      .where("delivery_id", "=", delivery.id)
      .where("replay", "<=", delivery.replays - replaysKept)
      .execute();
  }

  return async (delivery: DeliveryRow, attempted: Attempted): Promise<Date | null> => {
    const { outcome, endedAt } = attempted;
    const isTest = delivery.session_id === null;
    const attempts = delivery.attempts + 1;
    const next =
      // A test is looked at now or never.
      outcome.ok || outcome.final || isTest
        ? null
        : nextAttemptAt({
            attempts,
            now: endedAt,
            retryAfterMs: outcome.retryAfterMs,
            random: random(),
            ...(delaysMs === undefined ? {} : { delaysMs }),
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
          ...(outcome.ok ? { delivered_at: endedAt } : {}),
        })
        .where("id", "=", delivery.id)
        .where("state", "=", "pending")
        .where("attempts", "=", delivery.attempts)
        .where("replays", "=", delivery.replays)
        .executeTakeFirst();
      // The same attempt was made twice and the other one was first.
      if (numUpdatedRows !== 1n) return;
      await log(trx, delivery, attempted);
      const endpoint = { partnerId: delivery.partner_id, url: delivery.url };
      if (!outcome.ok && outcome.reason === "gone") await disable(trx, endpoint, endedAt);
      if (outcome.ok && isTest) await enable(trx, endpoint);
      if (next !== null) {
        await queue.send(trx, [{ deliveryId: delivery.id, attempts, replays: delivery.replays }], {
          partnerId: delivery.partner_id,
          urgency: urgencyOf(delivery.event),
          notBefore: next,
        });
      }
    });
    return next;
  };
}

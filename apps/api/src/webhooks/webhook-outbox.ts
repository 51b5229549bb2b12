import type { Transaction } from "kysely";
import { isTerminal } from "@attestream/shared";
import { webhookEvents } from "@attestream/shared/partner-api";
import type { Database, SessionRow } from "../storage/schema.ts";
import { urgencyOf } from "./webhook-payload.ts";
import type { WebhookQueue } from "./webhook-queue.ts";

export interface WebhookOutbox {
  enqueue(trx: Transaction<Database>, session: SessionRow): Promise<void>;
}

/**
 * Writes delivery and first attempt in the transaction of a status that was just reached: neither can
 * be without the other. The end is always told, what comes before where the session asked for it.
 */
export function createWebhookOutbox(deps: {
  queue: Pick<WebhookQueue, "send">;
  now: () => Date;
  newId: () => string;
}): WebhookOutbox {
  return {
    async enqueue(trx, session) {
      const event = eventOf(session);
      if (session.webhook_url === null || event === null) return;
      const now = deps.now();
      const inserted = await trx
        .insertInto("webhook_deliveries")
        .values({
          id: `msg_${deps.newId()}`,
          session_id: session.id,
          session_seq: session.version,
          partner_id: session.partner_id,
          mode: session.mode,
          event,
          url: session.webhook_url,
          state: "pending",
          attempts: 0,
          next_attempt_at: now,
          created_at: now,
        })
        // One for each change of the session, and one for its end.
        .onConflict((conflict) => conflict.doNothing())
        .returning("id")
        .executeTakeFirst();
      if (!inserted) return;
      await deps.queue.send(trx, [{ deliveryId: inserted.id, attempts: 0, replays: 0 }], {
        partnerId: session.partner_id,
        urgency: urgencyOf(event),
      });
    },
  };
}

function eventOf({ status, webhook_events: wanted }: SessionRow) {
  const event = webhookEvents[status];
  if (isTerminal(status)) return event;
  return wanted?.some((one) => one === event) ? event : null;
}

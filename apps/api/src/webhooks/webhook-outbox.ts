import type { Transaction } from "kysely";
import { isTerminal } from "@attestream/shared";
import type { Database, SessionRow } from "../storage/schema.ts";
import { webhookEvents } from "./webhook-payload.ts";
import type { WebhookQueue } from "./webhook-queue.ts";

export interface WebhookOutbox {
  enqueue(trx: Transaction<Database>, session: SessionRow): Promise<void>;
}

/** Writes delivery and first attempt in the transaction of the terminal status: neither can be without the other. */
export function createWebhookOutbox(deps: {
  queue: Pick<WebhookQueue, "send">;
  now: () => Date;
  newId: () => string;
}): WebhookOutbox {
  return {
    async enqueue(trx, session) {
      if (session.webhook_url === null || !isTerminal(session.status)) return;
      const now = deps.now();
      const inserted = await trx
        .insertInto("webhook_deliveries")
        .values({
          id: `msg_${deps.newId()}`,
          session_id: session.id,
          partner_id: session.partner_id,
          mode: session.mode,
          event: webhookEvents[session.status],
          url: session.webhook_url,
          state: "pending",
          attempts: 0,
          next_attempt_at: now,
          created_at: now,
        })
        .onConflict((conflict) => conflict.columns(["session_id", "event"]).doNothing())
        .returning("id")
        .executeTakeFirst();
      if (!inserted) return;
      await deps.queue.send(trx, [{ deliveryId: inserted.id, attempts: 0, replays: 0 }], {
        partnerId: session.partner_id,
        urgency: "news",
      });
    },
  };
}

import type { Kysely, Selectable } from "kysely";
import { AppError } from "@attestream/shared";
import type {
  listDeliveriesQuerySchema,
  ReplayedRange,
  replayRangeRequestSchema,
} from "@attestream/shared/partner-api";
import type { z } from "zod";
import type { AuditLog } from "../audit/audit-log.ts";
import type { AuthenticatedPartner } from "../http/request-context.ts";
import type { Database, WebhookAttemptsTable, WebhookDeliveriesTable } from "../storage/schema.ts";
import { isDisabled } from "./disabled-endpoints.ts";
import { createReplays } from "./replay-deliveries.ts";
import { testEvent } from "./webhook-payload.ts";
import type { WebhookQueue } from "./webhook-queue.ts";

export type DeliveryRow = Selectable<WebhookDeliveriesTable>;
export type AttemptRow = Selectable<WebhookAttemptsTable>;
type Owner = Pick<AuthenticatedPartner, "id" | "mode">;
type Asking = Pick<AuthenticatedPartner, "id" | "mode" | "actor">;

/** What a partner sees and asks of its deliveries. Another's do not exist for it. */
export interface DeliveryLog {
  list(
    owner: Owner,
    query: z.output<typeof listDeliveriesQuerySchema>,
  ): Promise<{ deliveries: DeliveryRow[]; total: number }>;
  get(owner: Owner, id: string): Promise<DeliveryRow>;
  /** Oldest first; see record-attempt.ts for which are kept. */
  attemptsOf(delivery: DeliveryRow): Promise<AttemptRow[]>;
  /** Sends it once more, under the same id, with the whole schedule of retries. */
  replay(owner: Asking, id: string): Promise<DeliveryRow>;
  /** The same for those that were made within a time, a bounded number of them. */
  replayRange(owner: Asking, request: z.output<typeof replayRangeRequestSchema>): Promise<ReplayedRange>;
  /** One attempt of a made-up webhook. */
  sendTest(owner: Owner, url: string): Promise<DeliveryRow>;
}

export function createDeliveryLog(deps: {
  db: Kysely<Database>;
  queue: Pick<WebhookQueue, "send" | "wake">;
  audit: AuditLog;
  now: () => Date;
  newId: () => string;
}): DeliveryLog {
  const { db, queue, now, newId } = deps;
  const replays = createReplays({ db, queue, audit: deps.audit, now });

  async function get(owner: Owner, id: string): Promise<DeliveryRow> {
    const row = await db
      .selectFrom("webhook_deliveries")
      .selectAll()
      .where("id", "=", id)
      .where("partner_id", "=", owner.id)
      .where("mode", "=", owner.mode)
      .executeTakeFirst();
    if (!row) throw new AppError("delivery_not_found");
    return row;
  }

  return {
    get,

    attemptsOf: ({ id }) =>
      db
        .selectFrom("webhook_attempts")
        .selectAll()
        .where("delivery_id", "=", id)
        .orderBy("replay")
        .orderBy("number")
        .execute(),

    async list(owner, query) {
      const { state, sessionId, event, from, to } = query;
      let found = db.selectFrom("webhook_deliveries").where("partner_id", "=", owner.id).where("mode", "=", owner.mode);
      if (state !== undefined) found = found.where("state", "=", state);
      if (sessionId !== undefined) found = found.where("session_id", "=", sessionId.toLowerCase());
      if (event !== undefined) found = found.where("event", "=", event);
      if (from !== undefined) found = found.where("created_at", ">=", new Date(from));
      if (to !== undefined) found = found.where("created_at", "<", new Date(to));
      const deliveries = await found
        .selectAll()
        .orderBy("created_at", "desc")
        .orderBy("id")
        .limit(query.limit)
        .offset(query.offset)
        .execute();
      const { total } = await found
        .select((eb) => eb.fn.countAll<number | string>().as("total"))
        .executeTakeFirstOrThrow();
      return { deliveries, total: Number(total) };
    },

    async replay(owner, id) {
      const { url, partner_id: partnerId } = await get(owner, id);
      if (await isDisabled(db, { partnerId, url })) throw new AppError("webhook_endpoint_disabled");
      const replayed = await replays.one(owner, id);
      if (!replayed) throw new AppError("delivery_pending");
      return replayed;
    },

    replayRange: replays.range,

    async sendTest(owner, url) {
      const at = now();
      const made = await db.transaction().execute(async (trx) => {
        const row = await trx
          .insertInto("webhook_deliveries")
          .values({
            id: `msg_${newId()}`,
            session_id: null,
            partner_id: owner.id,
            mode: owner.mode,
            event: testEvent,
            url,
            state: "pending",
            attempts: 0,
            next_attempt_at: at,
            created_at: at,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await queue.send(trx, [{ deliveryId: row.id, attempts: 0, replays: 0 }], {
          partnerId: owner.id,
          urgency: "end",
        });
        return row;
      });
      queue.wake();
      return made;
    },
  };
}

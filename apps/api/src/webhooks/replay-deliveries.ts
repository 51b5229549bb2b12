import type { Kysely } from "kysely";
import type { ReplayedRange, replayRangeRequestSchema } from "@attestream/shared/partner-api";
import type { z } from "zod";
import type { AuditLog } from "../audit/audit-log.ts";
import type { AuthenticatedPartner } from "../http/request-context.ts";
import type { Database } from "../storage/schema.ts";
import { disabledAmong } from "./disabled-endpoints.ts";
import type { DeliveryRow } from "./delivery-log.ts";
import type { Urgency, WebhookQueue } from "./webhook-queue.ts";

/** Of one request. What is left over is asked for again, from `nextFrom`. */
export const maxReplayed = 500;

type Owner = Pick<AuthenticatedPartner, "id" | "mode" | "actor">;

export interface Replays {
  /** Once more under the same id, with the whole schedule of retries. Undefined when there is none, or it is under way. */
  one(owner: Owner, id: string): Promise<DeliveryRow | undefined>;
  /** The same for those of a time, oldest first. Test deliveries and those under way are left alone. */
  range(owner: Owner, request: z.output<typeof replayRangeRequestSchema>): Promise<ReplayedRange>;
}

export function createReplays(deps: {
  db: Kysely<Database>;
  queue: Pick<WebhookQueue, "send" | "wake">;
  audit: AuditLog;
  now: () => Date;
}): Replays {
  const { db, queue, audit, now } = deps;

  async function replay(owner: Owner, ids: readonly string[], urgency: Urgency): Promise<DeliveryRow[]> {
    const replayed = await db.transaction().execute(async (trx) => {
      const rows = await trx
        .updateTable("webhook_deliveries")
        .set((eb) => ({
          state: "pending",
          attempts: 0,
          replays: eb("replays", "+", 1),
          next_attempt_at: now(),
          delivered_at: null,
        }))
        .where("id", "in", ids)
        .where("partner_id", "=", owner.id)
        .where("mode", "=", owner.mode)
        .where("state", "!=", "pending")
        .returningAll()
        .execute();
      const jobs = rows.map(({ id, replays }) => ({ deliveryId: id, attempts: 0, replays }));
      if (jobs.length > 0) {
        await queue.send(trx, jobs, { partnerId: owner.id, urgency });
        await audit.record(trx, owner.actor, {
          action: "webhook.replayed",
          ...(urgency === "end" && ids[0] !== undefined ? { subject: ids[0] } : {}),
          partnerId: owner.id,
          details: { deliveries: jobs.length, mode: owner.mode },
        });
      }
      return rows;
    });
    queue.wake();
    return replayed;
  }

  return {
    one: async (owner, id) => (await replay(owner, [id], "end"))[0],

    async range(owner, { from, to, state }) {
      const found = await db
        .selectFrom("webhook_deliveries")
        .select(["id", "url", "created_at"])
        .where("partner_id", "=", owner.id)
        .where("mode", "=", owner.mode)
        .where("session_id", "is not", null)
        .where("created_at", ">=", new Date(from))
        .where("created_at", "<", new Date(to))
        .where("state", "in", state === undefined ? ["delivered", "failed"] : [state])
        .orderBy("created_at")
        .orderBy("id")
        .limit(maxReplayed + 1)
        .execute();
      const asked = found.slice(0, maxReplayed);
      const disabled = await disabledAmong(
        db,
        owner.id,
        asked.map(({ url }) => url),
      );
      const ids = asked.filter(({ url }) => !disabled.has(url)).map(({ id }) => id);
      const queued = ids.length === 0 ? [] : await replay(owner, ids, "bulk");
      return {
        queued: queued.length,
        endpointDisabled: asked.length - ids.length,
        nextFrom: found[maxReplayed]?.created_at.toISOString() ?? null,
      };
    },
  };
}

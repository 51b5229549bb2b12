import { AppError } from "@attestream/shared";
import type { Kysely } from "kysely";
import type { AuditLog } from "../audit/audit-log.ts";
import type { AuthenticatedPartner } from "../http/request-context.ts";
import type { Database } from "../storage/schema.ts";
import { hashApiKey, newApiKey, prefixOf } from "./api-key.ts";

/** Replaced keys that live on, per partner and mode: each has limits of its own, and somebody has to know of it. */
const maxOverlapping = 4;

export interface RotatedKey {
  key: string;
  createdAt: Date;
  previousPrefix: string;
  previousEndsAt: Date;
}

/** Makes a key that may do what the asking one may. That one ends after the overlap and can make no other. */
export function createKeyRotation(deps: {
  db: Kysely<Database>;
  pepper: Uint8Array;
  audit: AuditLog;
  now: () => Date;
  newId: () => string;
}) {
  return (partner: AuthenticatedPartner, overlapMs: number): Promise<RotatedKey> =>
    deps.db.transaction().execute(async (trx) => {
      const createdAt = deps.now();
      const previousEndsAt = new Date(createdAt.getTime() + overlapMs);
      // Rotations of one partner take turns.
      await trx.selectFrom("partners").select("id").where("id", "=", partner.id).forUpdate().execute();
      const { overlapping } = await trx
        .selectFrom("api_keys")
        .where("partner_id", "=", partner.id)
        .where("mode", "=", partner.mode)
        .where("expires_at", ">", createdAt)
        .select((eb) => eb.fn.countAll<number | string>().as("overlapping"))
        .executeTakeFirstOrThrow();
      if (Number(overlapping) >= maxOverlapping) throw new AppError("too_many_rotations");
      const previous = await trx
        .updateTable("api_keys")
        .set({ expires_at: previousEndsAt })
        .where("id", "=", partner.keyId)
        .where("expires_at", "is", null)
        .returning("prefix")
        .executeTakeFirst();
      if (!previous) throw new AppError("api_key_rotated");
      const key = newApiKey(partner.mode);
      await trx
        .insertInto("api_keys")
        .values({
          id: deps.newId(),
          partner_id: partner.id,
          prefix: prefixOf(key),
          hash: hashApiKey(deps.pepper, key),
          mode: partner.mode,
          reaches_every_platform: partner.reachesEveryPlatform,
          created_at: createdAt,
          revoked_at: null,
          last_used_at: null,
        })
        .execute();
      await deps.audit.record(trx, partner.actor, {
        action: "api_key.replaced",
        subject: previous.prefix,
        partnerId: partner.id,
        details: { by: prefixOf(key), mode: partner.mode, previousEndsAt: previousEndsAt.toISOString() },
      });
      return { key, createdAt, previousPrefix: previous.prefix, previousEndsAt };
    });
}

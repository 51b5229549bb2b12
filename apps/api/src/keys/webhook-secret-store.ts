import type { Kysely } from "kysely";
import { AppError } from "@attestream/shared";
import type { Actor } from "../audit/actor.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";
import {
  fingerprintOf,
  newWebhookSecret,
  openWebhookSecrets,
  sealWebhookSecrets,
  type WebhookSecret,
} from "./webhook-secrets.ts";

/** As many signatures a webhook carries at most. */
const maxSecrets = 3;

export interface WebhookSecretStore {
  /** Newest first. */
  read(partnerId: string): Promise<WebhookSecret[]>;
  /** Makes a new secret. The others sign on for so long, so that the receiver can change over in between. */
  rotate(partnerId: string, overlapMs: number, actor: Actor): Promise<WebhookSecret[]>;
}

export function createWebhookSecretStore(deps: {
  db: Kysely<Database>;
  sealer: Sealer;
  audit: AuditLog;
  now: () => Date;
}): WebhookSecretStore {
  const { db, sealer, now } = deps;
  const partnerRow = (from: Pick<Kysely<Database>, "selectFrom">, partnerId: string) =>
    from.selectFrom("partners").select(["id", "webhook_secrets_enc"]).where("id", "=", partnerId);

  return {
    async read(partnerId) {
      return openWebhookSecrets(sealer, await partnerRow(db, partnerId).executeTakeFirstOrThrow(), now());
    },

    rotate: (partnerId, overlapMs, actor) =>
      db.transaction().execute(async (trx) => {
        const at = now();
        const partner = await partnerRow(trx, partnerId).forUpdate().executeTakeFirstOrThrow();
        const end = new Date(at.getTime() + overlapMs);
        const older = openWebhookSecrets(sealer, partner, at)
          // One that ends sooner keeps its time: it was promised to nobody for longer.
          .map(({ secret: old, expiresAt }) => ({
            secret: old,
            expiresAt: expiresAt === null || expiresAt > end ? end : expiresAt,
          }))
          .filter(({ expiresAt }) => expiresAt > at);
        if (older.length >= maxSecrets) throw new AppError("too_many_rotations");
        const secret = newWebhookSecret();
        const secrets = [{ secret, expiresAt: null }, ...older];
        await trx
          .updateTable("partners")
          .set({ webhook_secrets_enc: sealWebhookSecrets(sealer, partnerId, secrets) })
          .where("id", "=", partnerId)
          .execute();
        await deps.audit.record(trx, actor, {
          action: "webhook_secret.replaced",
          partnerId,
          details: { fingerprint: fingerprintOf(secret), previousEndAt: end.toISOString() },
        });
        return secrets;
      }),
  };
}

import type { Kysely, Transaction } from "kysely";
import { systemActor } from "../audit/actor.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";
import { hashApiKey, newApiKey, prefixOf } from "./api-key.ts";
import { newWebhookSecret, sealWebhookSecrets } from "./webhook-secrets.ts";

export interface FirstKeyDependencies {
  db: Kysely<Database>;
  sealer: Sealer;
  pepper: Uint8Array;
  audit: AuditLog;
  newId: () => string;
  now: () => Date;
  bootstrapApiKey: string | undefined;
  demoPartner: { apiKey: string; webhookSecret: string | undefined } | undefined;
}

/** Told once, at the start that made them; the database holds no readable copy of the key. */
export interface FirstKeys {
  firstKey?: string;
  firstWebhookSecret?: string;
}

const firstPartnerName = "First partner";
/** As the demo partner's own page calls it. */
const demoPartnerName = "Larkfield Loans";

/** Makes the keys a fresh installation needs: the given bootstrap key or a new one, and the demo partner's. */
export async function ensureFirstKeys(deps: FirstKeyDependencies): Promise<FirstKeys> {
  const { db, sealer, pepper, newId, audit } = deps;
  const actor = systemActor("start");
  let told: FirstKeys = {};

  async function partnerNamed(name: string, givenSecret?: string): Promise<{ id: string; newSecret?: string }> {
    const known = await db.selectFrom("partners").select("id").where("name", "=", name).executeTakeFirst();
    if (known) {
      if (givenSecret !== undefined) {
        await db
          .updateTable("partners")
          .set({ webhook_secrets_enc: sealWebhookSecrets(sealer, known.id, [givenSecret]) })
          .where("id", "=", known.id)
          .execute();
      }
      return known;
    }
    const id = newId();
    const secret = givenSecret ?? newWebhookSecret();
    await db
      .insertInto("partners")
      .values({ id, name, webhook_secrets_enc: sealWebhookSecrets(sealer, id, [secret]) })
      .execute();
    return { id, newSecret: secret };
  }

  /** Nothing when the partner has it already. */
  async function addKey(
    trx: Transaction<Database>,
    key: { partnerId: string; text: string; reachesEveryPlatform: boolean },
  ): Promise<void> {
    const hash = hashApiKey(pepper, key.text);
    const known = await trx.selectFrom("api_keys").select("revoked_at").where("hash", "=", hash).executeTakeFirst();
    if (known?.revoked_at === null) return;
    await trx
      .insertInto("api_keys")
      .values({
        id: newId(),
        partner_id: key.partnerId,
        prefix: prefixOf(key.text),
        hash,
        mode: "test",
        reaches_every_platform: key.reachesEveryPlatform,
        revoked_at: null,
        last_used_at: null,
      })
      // Another process may start at the same time.
      .onConflict((conflict) => conflict.column("hash").doUpdateSet({ revoked_at: null }))
      .execute();
    await audit.record(trx, actor, {
      action: "api_key.created",
      subject: prefixOf(key.text),
      partnerId: key.partnerId,
      details: { mode: "test", reachesEveryPlatform: key.reachesEveryPlatform },
    });
  }

  const addKeyAlone = (partnerId: string, text: string, reachesEveryPlatform: boolean) =>
    db.transaction().execute((trx) => addKey(trx, { partnerId, text, reachesEveryPlatform }));

  const { keys } = await db
    .selectFrom("api_keys")
    .innerJoin("partners", "partners.id", "api_keys.partner_id")
    .where("partners.name", "!=", demoPartnerName)
    .select((eb) => eb.fn.countAll<number | string>().as("keys"))
    .executeTakeFirstOrThrow();

  if (deps.bootstrapApiKey !== undefined) {
    const partner = await partnerNamed(firstPartnerName);
    await addKeyAlone(partner.id, deps.bootstrapApiKey, true);
    if (partner.newSecret !== undefined) told = { firstWebhookSecret: partner.newSecret };
  } else if (Number(keys) === 0) {
    const partner = await partnerNamed(firstPartnerName);
    const firstKey = newApiKey("test");
    await addKeyAlone(partner.id, firstKey, false);
    told = { firstKey, ...(partner.newSecret === undefined ? {} : { firstWebhookSecret: partner.newSecret }) };
  }

  if (deps.demoPartner) {
    const partner = await partnerNamed(demoPartnerName, deps.demoPartner.webhookSecret);
    const { apiKey } = deps.demoPartner;
    // The demo's key is new at every start; those of earlier starts end here.
    await db.transaction().execute(async (trx) => {
      const revoked = await trx
        .updateTable("api_keys")
        .set({ revoked_at: deps.now() })
        .where("partner_id", "=", partner.id)
        .where("revoked_at", "is", null)
        .where("hash", "!=", hashApiKey(pepper, apiKey))
        .returning("prefix")
        .execute();
      for (const { prefix } of revoked)
        await audit.record(trx, actor, { action: "api_key.revoked", subject: prefix, partnerId: partner.id });
      await addKey(trx, { partnerId: partner.id, text: apiKey, reachesEveryPlatform: false });
    });
  }
  return told;
}

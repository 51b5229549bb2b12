import { timingSafeEqual } from "node:crypto";
import type { Kysely } from "kysely";
import type { AuthenticatedPartner } from "../http/request-context.ts";
import type { Database } from "../storage/schema.ts";
import { hashApiKey, isPlausibleApiKey } from "./api-key.ts";

const lastUsedEveryMs = 60_000;

export interface KeyAuthenticatorDependencies {
  db: Kysely<Database>;
  pepper: Uint8Array;
  now: () => Date;
  /** The bootstrap key: it is what the operator says, whatever it looks like. */
  takenAsGiven: string | undefined;
}

/** A partner by its key, before anything is known of the request. */
export type KeyHolder = Omit<AuthenticatedPartner, "actor"> & { keyPrefix: string };

/** Who holds this key, or null. Costs one indexed query; a typo costs none. */
export function createKeyAuthenticator(deps: KeyAuthenticatorDependencies) {
  return async function authenticate(key: string): Promise<KeyHolder | null> {
    if (key !== deps.takenAsGiven && !isPlausibleApiKey(key)) return null;
    const hash = hashApiKey(deps.pepper, key);
    const now = deps.now();
    const row = await deps.db
      .selectFrom("api_keys")
      .innerJoin("partners", "partners.id", "api_keys.partner_id")
      .where("api_keys.hash", "=", hash)
      .where("api_keys.revoked_at", "is", null)
      .where((eb) => eb.or([eb("api_keys.expires_at", "is", null), eb("api_keys.expires_at", ">", now)]))
      .select([
        "api_keys.id",
        "api_keys.hash",
        "api_keys.prefix",
        "api_keys.mode",
        "api_keys.reaches_every_platform",
        "api_keys.last_used_at",
        "partners.id as partner_id",
        "partners.name",
      ])
      .executeTakeFirst();
    if (!row || !timingSafeEqual(row.hash, hash)) return null;
    if (row.last_used_at === null || now.getTime() - row.last_used_at.getTime() > lastUsedEveryMs) {
      await deps.db.updateTable("api_keys").set({ last_used_at: now }).where("id", "=", row.id).execute();
    }
    return {
      id: row.partner_id,
      name: row.name,
      mode: row.mode,
      keyId: row.id,
      keyPrefix: row.prefix,
      reachesEveryPlatform: row.reaches_every_platform,
    };
  };
}

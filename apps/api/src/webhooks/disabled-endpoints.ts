import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "../storage/schema.ts";

type Endpoint = { partnerId: string; url: string };

/** An address that has answered 410 is left alone from then on, for this partner, until a test arrives there. */
export async function isDisabled(db: Kysely<Database>, { partnerId, url }: Endpoint): Promise<boolean> {
  return (await disabledAmong(db, partnerId, [url])).has(url);
}

export async function disabledAmong(
  db: Kysely<Database>,
  partnerId: string,
  urls: readonly string[],
): Promise<Set<string>> {
  const byHash = Map.groupBy(new Set(urls), hashOf);
  if (byHash.size === 0) return new Set();
  const rows = await db
    .selectFrom("disabled_webhook_endpoints")
    .select("url_hash")
    .where("partner_id", "=", partnerId)
    .where("url_hash", "in", [...byHash.keys()])
    .execute();
  return new Set(rows.flatMap(({ url_hash }) => byHash.get(url_hash) ?? []));
}

export async function disable(db: Kysely<Database>, { partnerId, url }: Endpoint, at: Date): Promise<void> {
  await db
    .insertInto("disabled_webhook_endpoints")
    .values({ partner_id: partnerId, url_hash: hashOf(url), disabled_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function enable(db: Kysely<Database>, { partnerId, url }: Endpoint): Promise<void> {
  await db
    .deleteFrom("disabled_webhook_endpoints")
    .where("partner_id", "=", partnerId)
    .where("url_hash", "=", hashOf(url))
    .execute();
}

/** However it is written: the host in capitals, the port that https has anyway. */
function hashOf(url: string): string {
  return createHash("sha256")
    .update(URL.parse(url)?.href ?? url)
    .digest("hex");
}

import type { Kysely } from "kysely";
import type { Database } from "../storage/schema.ts";

/**
 * The ledger of used tokens. However many replicas try the same token at once, the primary key lets
 * exactly one insert through; true for that one.
 */
export async function redeemOnce(
  db: Kysely<Database>,
  tokenId: string,
  sessionId: string,
  now: Date,
): Promise<boolean> {
  const inserted = await db
    .insertInto("embed_tokens")
    .values({ token_id: tokenId, session_id: sessionId, used_at: now })
    .onConflict((conflict) => conflict.column("token_id").doNothing())
    .returning("token_id")
    .executeTakeFirst();
  return inserted !== undefined;
}

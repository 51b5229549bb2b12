import { createHash } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { AppError } from "@attestream/shared";
import type { AuthenticatedPartner } from "../http/request-context.ts";
import type { Database } from "../storage/schema.ts";

export const idempotencyKeyLifeMs = 24 * 3_600_000;

/** A request that may be repeated: whose, under which name, with which body. */
export interface IdempotentRequest {
  partner: Pick<AuthenticatedPartner, "id" | "mode">;
  key: string;
  bodyHash: Uint8Array;
}

/** Thrown inside the transaction that lost: another request with the same key was first. */
export class KeyTaken extends Error {}

/** The request's `Idempotency-Key`, or null without one. */
export function idempotentRequest(
  header: string | undefined,
  partner: IdempotentRequest["partner"],
  body: unknown,
): IdempotentRequest | null {
  if (header === undefined) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw new AppError("invalid_request", {
      message: "Idempotency-Key: write 1 to 255 printable ASCII characters without spaces.",
      param: "Idempotency-Key",
    });
  }
  return { partner, key: header, bodyHash: createHash("sha256").update(sortedJson(body)).digest() };
}

/** The session that this request made before, or null. Throws where the key made one from another body. */
export async function sessionMadeBefore(
  db: Kysely<Database>,
  request: IdempotentRequest,
  now: Date,
): Promise<string | null> {
  const row = await db
    .selectFrom("idempotency_keys")
    .select(["body_hash", "session_id"])
    .where("partner_id", "=", request.partner.id)
    .where("mode", "=", request.partner.mode)
    .where("key", "=", request.key)
    .where("created_at", ">", new Date(now.getTime() - idempotencyKeyLifeMs))
    .executeTakeFirst();
  if (!row) return null;
  if (!Buffer.from(request.bodyHash).equals(row.body_hash)) throw new AppError("idempotency_key_reused");
  return row.session_id;
}

/** Binds key and session, in the transaction that makes the session. Throws KeyTaken. */
export async function bindKey(
  trx: Transaction<Database>,
  request: IdempotentRequest,
  sessionId: string,
  now: Date,
): Promise<void> {
  const bound = { body_hash: request.bodyHash, session_id: sessionId, created_at: now };
  const row = await trx
    .insertInto("idempotency_keys")
    .values({ partner_id: request.partner.id, mode: request.partner.mode, key: request.key, ...bound })
    .onConflict((conflict) =>
      conflict
        .columns(["partner_id", "mode", "key"])
        .doUpdateSet(bound)
        // A key whose day is over may be used for something else, swept away or not.
        .where("idempotency_keys.created_at", "<=", new Date(now.getTime() - idempotencyKeyLifeMs)),
    )
    .returning("session_id")
    .executeTakeFirst();
  if (!row) throw new KeyTaken("The idempotency key was bound by another request");
}

/** Clients write a map's fields in any order; the request is the same. */
function sortedJson(body: unknown): string {
  return JSON.stringify(body, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

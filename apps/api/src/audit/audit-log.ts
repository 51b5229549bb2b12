import { createHmac } from "node:crypto";
import { sql, type Insertable, type Transaction } from "kysely";
import type { AuditLogTable, Database } from "../storage/schema.ts";
import type { Actor } from "./actor.ts";

/** Append-only. What partners' keys, and the operator's settings, have done. */
export type AuditAction =
  | "api.configured"
  | "api_key.created"
  | "api_key.replaced"
  | "api_key.revoked"
  | "attestation.revoked"
  | "encryption_key.changed"
  | "session.data_erased"
  | "session.terminated"
  | "signing_key.replaced"
  | "webhook.replayed"
  | "webhook_secret.replaced";

export interface AuditEntry {
  action: AuditAction;
  subject?: string;
  partnerId?: string;
  /** Counts, prefixes, settings: never a secret, never anything of an end user's. */
  details?: Record<string, string | number | boolean | null>;
}

export interface AuditLog {
  /** In the transaction of what it tells of, as its last write: either both are there or neither. */
  record(trx: Transaction<Database>, actor: Actor, entry: AuditEntry): Promise<void>;
}

export type ChainedRow = Omit<Insertable<AuditLogTable>, "chain">;

/** Any number of our own: the lock that lets entries follow one after the other. */
const lockId = 4_021_338_115;

export function createAuditLog({ key, now }: { key: Uint8Array; now: () => Date }): AuditLog {
  return {
    async record(trx, actor, entry) {
      await sql`select pg_advisory_xact_lock(${sql.lit(lockId)})`.execute(trx);
      const last = await trx
        .selectFrom("audit_log")
        .select(["seq", "chain"])
        .orderBy("seq", "desc")
        .limit(1)
        .executeTakeFirst();
      const row: ChainedRow = {
        seq: (last?.seq ?? 0) + 1,
        at: now(),
        actor: actor.who,
        action: entry.action,
        subject: entry.subject ?? null,
        partner_id: entry.partnerId ?? null,
        address: actor.address,
        request_id: actor.requestId,
        details: JSON.stringify(entry.details ?? {}),
      };
      await trx
        .insertInto("audit_log")
        .values({ ...row, chain: chainOf(key, last?.chain ?? null, row) })
        .execute();
    },
  };
}

/** Depends on the row and on all before it, and on a key that the database does not have: a row that was changed, put in or taken out shows. */
export function chainOf(key: Uint8Array, before: Uint8Array | null, row: ChainedRow): Uint8Array {
  const text = JSON.stringify([
    row.seq,
    row.at.toISOString(),
    row.actor,
    row.action,
    row.subject,
    row.partner_id,
    row.address,
    row.request_id,
    row.details,
  ]);
  return new Uint8Array(
    createHmac("sha256", key)
      .update(before ?? new Uint8Array(32))
      .update(text)
      .digest(),
  );
}

import type { Kysely } from "kysely";
import { createSigningKey } from "@attestream/attestation";
import type { Actor } from "../../audit/actor.ts";
import type { AuditLog } from "../../audit/audit-log.ts";
import type { Sealer } from "../../storage/encryption.ts";
import type { Database } from "../../storage/schema.ts";
import { newKeyRow } from "../signing-keys.ts";

/**
 * A new key signs from the next attestation on, in every process: none keeps the key. Those before stay
 * published, so that what they signed still verifies; they sign nothing more.
 */
export async function rotateSigningKey(
  deps: { db: Kysely<Database>; sealer: Sealer; audit: AuditLog; now: () => Date },
  actor: Actor,
): Promise<{ kid: string; replaced: string[] }> {
  const made = await createSigningKey();
  return deps.db.transaction().execute(async (trx) => {
    const replaced = await trx
      .updateTable("signing_keys")
      .set({ active: false })
      .where("active", "=", true)
      .returning("kid")
      .execute();
    await trx
      .insertInto("signing_keys")
      .values(newKeyRow(made, deps.sealer, deps.now()))
      .execute();
    await deps.audit.record(trx, actor, {
      action: "signing_key.replaced",
      subject: made.kid,
      details: { before: replaced.map(({ kid }) => kid).join(" ") },
    });
    return { kid: made.kid, replaced: replaced.map(({ kid }) => kid) };
  });
}

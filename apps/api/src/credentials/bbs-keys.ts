import {
  bbsIssuerKeySchema,
  bbsPublicKeySchema,
  createBbsKey,
  type BbsIssuerKey,
  type BbsPublicKey,
} from "@attestream/attestation/zero-knowledge";
import type { Kysely } from "kysely";
import type { Sealer } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";

export interface BbsKeys {
  /** The key to issue credentials with. Made when the first credential is asked for: an installation without them has none. */
  active(): Promise<BbsIssuerKey>;
  /** Every key that ever issued one: what it issued must stay verifiable. */
  published(): Promise<{ keys: BbsPublicKey[] }>;
}

const aad = (kid: string) => `bbs_keys.secret_key_enc:${kid}`;

export function createBbsKeys(deps: { db: Kysely<Database>; sealer: Sealer; now: () => Date }): BbsKeys {
  const { db, sealer, now } = deps;

  async function stored(): Promise<BbsIssuerKey | undefined> {
    // Two API processes may both make the first one. Both are published, and this order lets both use the same.
    const row = await db
      .selectFrom("bbs_keys")
      .selectAll()
      .where("active", "=", true)
      .orderBy("created_at")
      .orderBy("kid")
      .executeTakeFirst();
    if (!row) return undefined;
    const secretKey = sealer.openText(row.secret_key_enc, aad(row.kid));
    return bbsIssuerKeySchema.parse({ kid: row.kid, publicKey: row.public_key, secretKey });
  }

  return {
    async active() {
      const existing = await stored();
      if (existing) return existing;
      const made = await createBbsKey();
      await db
        .insertInto("bbs_keys")
        .values({
          kid: made.kid,
          secret_key_enc: sealer.seal(made.secretKey, aad(made.kid)),
          public_key: JSON.stringify(made.publicKey),
          active: true,
          created_at: now(),
        })
        .execute();
      return (await stored()) ?? made;
    },

    async published() {
      const rows = await db
        .selectFrom("bbs_keys")
        .select("public_key")
        .orderBy("created_at", "desc")
        .orderBy("kid")
        .execute();
      return { keys: rows.map((row) => bbsPublicKeySchema.parse(row.public_key)) };
    },
  };
}

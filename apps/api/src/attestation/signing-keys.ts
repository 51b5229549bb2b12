import type { Kysely } from "kysely";
import {
  createSigningKey,
  publicJwkSchema,
  signingKeySchema,
  type PublicJwk,
  type SigningKey,
} from "@attestream/attestation";
import type { Sealer } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";

export interface SigningKeys {
  /** The key to sign with. Made at the first call of an installation. */
  active(): Promise<SigningKey>;
  /** Every key that ever signed: what it signed must stay verifiable. */
  published(): Promise<{ keys: PublicJwk[] }>;
}

/** A row for a new key that signs from now on. */
export function newKeyRow({ kid, privateJwk, publicJwk }: SigningKey, sealer: Sealer, at: Date) {
  return {
    kid,
    private_jwk_enc: sealer.seal(JSON.stringify(privateJwk), labelOf(kid)),
    public_jwk: JSON.stringify(publicJwk),
    active: true,
    created_at: at,
  };
}

const labelOf = (kid: string) => `signing_keys.private_jwk_enc:${kid}`;

export function createSigningKeys(deps: { db: Kysely<Database>; sealer: Sealer; now: () => Date }): SigningKeys {
  const { db, sealer, now } = deps;

  async function stored(): Promise<SigningKey | undefined> {
    // Two API processes that start at once may both make a key. Both are published, and this order lets both use the same one.
    const row = await db
      .selectFrom("signing_keys")
      .selectAll()
      .where("active", "=", true)
      .orderBy("created_at")
      .orderBy("kid")
      .executeTakeFirst();
    if (!row) return undefined;
    return signingKeySchema.parse({
      kid: row.kid,
      privateJwk: JSON.parse(sealer.openText(row.private_jwk_enc, labelOf(row.kid))),
      publicJwk: row.public_jwk,
    });
  }

  return {
    async active() {
      const existing = await stored();
      if (existing) return existing;
      const made = await createSigningKey();
      await db
        .insertInto("signing_keys")
        .values(newKeyRow(made, sealer, now()))
        .execute();
      return (await stored()) ?? made;
    },

    async published() {
      const rows = await db
        .selectFrom("signing_keys")
        .select("public_jwk")
        .orderBy("created_at", "desc")
        .orderBy("kid")
        .execute();
      return { keys: rows.map((row) => publicJwkSchema.parse(row.public_jwk)) };
    },
  };
}

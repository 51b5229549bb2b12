import { importJWK, type CryptoKey } from "jose";
import { z } from "zod";
import { isCanonicalBase64url } from "./base64.ts";

const keySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kid: z.unknown() })).max(1000) });

/** In its one spelling, so that one key cannot be shown as two. */
const coordinateSchema = z.string().length(43).refine(isCanonicalBase64url);

/** Any algorithm but ES256 and any use but signing disqualifies a key, so that a key published for something else cannot vouch for anything here. */
const usableKeySchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: coordinateSchema,
  y: coordinateSchema,
  alg: z.literal("ES256").optional(),
  use: z.literal("sig").optional(),
});

export interface FoundKey {
  key: CryptoKey;
  /** The point itself: two names of one key are still one key. */
  point: string;
}

/** The one key of a JWKS with this `kid`. Otherwise the reason: it is no set, or has none that can be used, or more than one, or the key is broken. */
export async function findKey(jwks: unknown, kid: string): Promise<FoundKey | "not_a_set" | "unknown" | "broken"> {
  const keySet = keySetSchema.safeParse(jwks);
  if (!keySet.success) return "not_a_set";
  const named = keySet.data.keys.filter((key) => key.kid === kid);
  const usable = usableKeySchema.safeParse(named[0]);
  if (named.length !== 1 || !usable.success) return "unknown";
  const { kty, crv, x, y } = usable.data;
  const point = `${x}.${y}`;
  const key = await importPoint({ kty, crv, x, y }, point);
  return key === null ? "broken" : { key, point };
}

/** Of the points imported last: a proof is signed by the issuer's key three times. A point is always the same key. */
const imported = new Map<string, Promise<CryptoKey | null>>();
const maxImported = 32;

function importPoint(jwk: { kty: "EC"; crv: "P-256"; x: string; y: string }, point: string): Promise<CryptoKey | null> {
  const known = imported.get(point);
  if (known !== undefined) return known;
  if (imported.size >= maxImported) imported.clear();
  const key = importJWK(jwk, "ES256").then(
    (given) => (given instanceof Uint8Array ? null : given),
    () => null,
  );
  imported.set(point, key);
  return key;
}

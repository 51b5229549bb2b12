import { compactVerify, importJWK } from "jose";
import { z } from "zod";
import { attestationMediaType } from "../vocabulary.ts";
import { decodeJson } from "./split-compact.ts";
import { Refused } from "./verify-result.ts";

const headerSchema = z.looseObject({
  alg: z.string(),
  kid: z.string().min(1),
  typ: z.string(),
  crit: z.never().optional(),
});
const payloadSchema = z.record(z.string(), z.unknown());
const keySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kid: z.unknown() })) });

/** Any algorithm but ES256 and any use but signing disqualifies a key, so that a key published for something else cannot vouch for an attestation. */
const usableKeySchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  alg: z.literal("ES256").optional(),
  use: z.literal("sig").optional(),
});

/** Checks the JWT's signature with a key of the set, chosen by `kid` alone: a key inside the header is never looked at. */
export async function verifySignature(
  jwt: string,
  jwks: unknown,
  mediaType: string = attestationMediaType,
): Promise<{ kid: string; payload: Record<string, unknown> }> {
  const keySet = keySetSchema.safeParse(jwks);
  if (!keySet.success) throw new Refused("invalid_key_set");
  const header = headerSchema.safeParse(decodeJson(jwt.slice(0, jwt.indexOf("."))));
  if (!header.success) throw new Refused("malformed", "Its header needs alg, kid and typ, and no crit.");
  const { alg, kid, typ } = header.data;
  if (typ !== mediaType) throw new Refused("unsupported_type");
  if (alg !== "ES256") throw new Refused("unsupported_algorithm");

  const named = keySet.data.keys.filter((key) => key.kid === kid);
  const usable = usableKeySchema.safeParse(named[0]);
  if (named.length !== 1 || !usable.success) throw new Refused("unknown_key");
  const { kty, crv, x, y } = usable.data;
  const key = await importJWK({ kty, crv, x, y }, "ES256").catch(() => {
    throw new Refused("unknown_key", "The key itself is broken.");
  });
  const verified = await compactVerify(jwt, key, { algorithms: ["ES256"] }).catch(() => {
    throw new Refused("signature_invalid");
  });
  const payload = payloadSchema.safeParse(JSON.parse(new TextDecoder().decode(verified.payload)));
  if (!payload.success) throw new Refused("claims_invalid");
  return { kid, payload: payload.data };
}

import { compactVerify } from "jose";
import { z } from "zod";
import { findKey } from "../find-key.ts";
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

/** Checks the JWT's signature with a key of the set, chosen by `kid` alone: a key inside the header is never looked at. */
export async function verifySignature(
  jwt: string,
  jwks: unknown,
  mediaType: string = attestationMediaType,
): Promise<{ kid: string; point: string; payload: Record<string, unknown> }> {
  const header = headerSchema.safeParse(decodeJson(jwt.slice(0, jwt.indexOf("."))));
  if (!header.success) throw new Refused("malformed", "Its header needs alg, kid and typ, and no crit.");
  const { alg, kid, typ } = header.data;
  if (typ !== mediaType) throw new Refused("unsupported_type");
  if (alg !== "ES256") throw new Refused("unsupported_algorithm");

  const found = await findKey(jwks, kid);
  if (found === "not_a_set") throw new Refused("invalid_key_set");
  if (found === "unknown") throw new Refused("unknown_key");
  if (found === "broken") throw new Refused("unknown_key", "The key itself is broken.");
  const verified = await compactVerify(jwt, found.key, { algorithms: ["ES256"] }).catch(() => {
    throw new Refused("signature_invalid");
  });
  const payload = payloadSchema.safeParse(JSON.parse(new TextDecoder().decode(verified.payload)));
  if (!payload.success) throw new Refused("claims_invalid");
  return { kid, point: found.point, payload: payload.data };
}

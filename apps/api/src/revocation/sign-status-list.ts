import { createHeaderAndPayload, StatusList } from "@sd-jwt/jwt-status-list";
import { CompactSign, importJWK } from "jose";
import type { SigningKey } from "@attestream/attestation";

const isRevoked = 1;
/** Who checks offline may go by a saved list for so long; its age is told beside the result. */
const keptSeconds = 24 * 60 * 60;

/** A Token Status List of one bit each: 1 says that the attestation at that place is revoked. */
export async function signStatusList(
  list: { uri: string; size: number; revoked: readonly number[]; issuedAt: Date; lifeMs: number },
  key: SigningKey,
): Promise<string> {
  const bits = Array.from<number>({ length: list.size }).fill(0);
  for (const index of list.revoked) bits[index] = isRevoked;
  const iat = Math.floor(list.issuedAt.getTime() / 1000);
  const life = Math.floor(list.lifeMs / 1000);
  const { header, payload } = createHeaderAndPayload(
    new StatusList(bits, 1),
    { sub: list.uri, iat, exp: iat + keptSeconds, ttl: life },
    { alg: "ES256", typ: "statuslist+jwt", kid: key.kid },
  );
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ ...header })
    .sign(await importJWK(key.privateJwk, "ES256"));
}

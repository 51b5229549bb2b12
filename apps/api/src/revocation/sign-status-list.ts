import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { CompactSign, importJWK } from "jose";
import type { SigningKey } from "@attestream/attestation";

const compress = promisify(deflate);
/** Who checks offline may go by a saved list for so long; its age is told beside the result. */
const keptSeconds = 24 * 60 * 60;

/**
 * A Token Status List of one bit each: 1 says that the attestation at that place is revoked. Packed
 * here: the library that reads it in the tests takes a hundred times as long to write one of this size.
 */
export async function signStatusList(
  list: { uri: string; size: number; revoked: readonly number[]; issuedAt: Date; lifeMs: number },
  key: SigningKey,
): Promise<string> {
  const bytes = new Uint8Array(Math.ceil(list.size / 8));
  // The lowest bit of a byte comes first.
  for (const index of list.revoked) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  const iat = Math.floor(list.issuedAt.getTime() / 1000);
  const payload = {
    sub: list.uri,
    iat,
    exp: iat + keptSeconds,
    ttl: Math.floor(list.lifeMs / 1000),
    status_list: { bits: 1, lst: (await compress(bytes)).toString("base64url") },
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", typ: "statuslist+jwt", kid: key.kid })
    .sign(await importJWK(key.privateJwk, "ES256"));
}

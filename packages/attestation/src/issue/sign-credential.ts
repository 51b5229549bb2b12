import type { Json } from "@attestream/shared";
import { CompactSign, importJWK } from "jose";
import { makeDisclosure } from "../evidence/index.ts";
import { attestationMediaType } from "../vocabulary.ts";
import type { SigningKey } from "./signing-key.ts";

/**
 * An SD-JWT VC in compact form with all its disclosures: one for every member of `claims`, and at the top level one
 * for every member of `hidden`. Made here and not by a library, because the salts are not all ours: an attestor's
 * digests are only the credential's if both used the same salt for the same field.
 */
export async function signCredential(
  { claims, ...plain }: { claims: Record<string, Json> },
  hidden: Record<string, Json>,
  saltOf: (field: string | null) => string,
  key: SigningKey,
): Promise<string> {
  const top = await Promise.all(
    Object.entries(hidden).map(([name, value]) => makeDisclosure(name, value, saltOf(null))),
  );
  const fields = await Promise.all(
    Object.entries(claims).map(([name, value]) => makeDisclosure(name, value, saltOf(name))),
  );
  const payload = {
    ...plain,
    claims: { _sd: sortedDigests(fields) },
    _sd: sortedDigests(top),
    _sd_alg: "sha-256",
  };
  const jwt = await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", typ: attestationMediaType, kid: key.kid })
    .sign(await importJWK(key.privateJwk, "ES256"));
  return [jwt, ...[...top, ...fields].map(({ disclosure }) => disclosure), ""].join("~");
}

/** Sorted, so that their order does not tell which digest is which field's. */
function sortedDigests(disclosures: readonly { digest: string }[]): string[] {
  return disclosures.map(({ digest }) => digest).toSorted();
}

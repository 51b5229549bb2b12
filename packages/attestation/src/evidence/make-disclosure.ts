import type { Json } from "@attestream/shared";
import { encodeBase64url } from "../base64.ts";
import { sha256Base64url } from "../digest.ts";

/** An SD-JWT disclosure of one member of an object, and its digest. Attestor and issuer both make it, of the same salt: the digests then show that both speak of the same value. */
export async function makeDisclosure(
  name: string,
  value: Json,
  salt: string,
): Promise<{ disclosure: string; digest: string }> {
  const bytes = new TextEncoder().encode(JSON.stringify([salt, name, value]));
  const disclosure = encodeBase64url(bytes);
  return { disclosure, digest: await sha256Base64url(disclosure) };
}

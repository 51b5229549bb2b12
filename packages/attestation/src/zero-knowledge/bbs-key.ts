import { encodeBase64url, decodeBase64url } from "./base64url.ts";
import { loadCryptoWasm } from "./load-crypto-wasm.ts";
import { ZeroKnowledgeRefused } from "./refusals.ts";
import { signatureParametersFor } from "./suite.ts";
import {
  bbsIssuerKeySchema,
  bbsKeySetSchema,
  bbsKeyType,
  bbsPublicKeySchema,
  type BbsIssuerKey,
} from "./vocabulary.ts";

/** A new key to issue credentials with. Its `kid` is a hash of the public key, so that no key can be published under another one's name. */
export async function createBbsKey(): Promise<BbsIssuerKey> {
  const library = await loadCryptoWasm();
  const pair = library.bbsGenerateKeyPair(signatureParametersFor(library, 1));
  const publicKey = Uint8Array.from(pair.public_key);
  const kid = await kidOf(publicKey);
  return bbsIssuerKeySchema.parse({
    kid,
    publicKey: { type: bbsKeyType, kid, publicKey: encodeBase64url(publicKey) },
    secretKey: encodeBase64url(Uint8Array.from(pair.secret_key)),
  });
}

/** The bytes of the one key that has this kid. Throws ZeroKnowledgeRefused. */
export async function findPublicKey(keySet: unknown, kid: string): Promise<Uint8Array> {
  const parsed = bbsKeySetSchema.safeParse(keySet);
  if (!parsed.success) throw new ZeroKnowledgeRefused("invalid_key_set");
  const [named, ...more] = parsed.data.keys.filter((key) => key.kid === kid);
  const usable = bbsPublicKeySchema.safeParse(named);
  const bytes = usable.success && more.length === 0 ? decodeBase64url(usable.data.publicKey) : null;
  if (bytes === null) throw new ZeroKnowledgeRefused("unknown_key");
  if ((await kidOf(bytes)) !== kid) throw new ZeroKnowledgeRefused("unknown_key", "Its kid is another key's.");
  if (!isValid(await loadCryptoWasm(), bytes))
    throw new ZeroKnowledgeRefused("unknown_key", "The key itself is broken.");
  return bytes;
}

function isValid(library: Awaited<ReturnType<typeof loadCryptoWasm>>, key: Uint8Array): boolean {
  try {
    return library.bbsIsPublicKeyValid(key);
  } catch {
    return false;
  }
}

async function kidOf(publicKey: Uint8Array): Promise<string> {
  const prefix = new TextEncoder().encode(`${bbsKeyType}\n`);
  const named = new Uint8Array(prefix.length + publicKey.length);
  named.set(prefix);
  named.set(publicKey, prefix.length);
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", named)));
}

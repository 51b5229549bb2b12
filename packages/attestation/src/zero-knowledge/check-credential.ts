import { decodeBase64url } from "./base64url.ts";
import { encodeHeader, encodeValue } from "./encode-message.ts";
import { loadCryptoWasm } from "./load-crypto-wasm.ts";
import { ZeroKnowledgeRefused } from "./refusals.ts";
import { signatureParametersFor } from "./suite.ts";
import { credentialSchema, type Credential } from "./vocabulary.ts";

export interface OpenedCredential {
  credential: Credential;
  signature: Uint8Array;
  /** The header's, then one for each field. */
  messages: Uint8Array[];
}

/** Throws ZeroKnowledgeRefused for what is no credential. Says nothing of its signature. */
export async function openCredential(input: unknown): Promise<OpenedCredential> {
  const parsed = credentialSchema.safeParse(input);
  if (!parsed.success)
    throw new ZeroKnowledgeRefused(
      "credential_malformed",
      `Look at ${parsed.error.issues[0]?.path.join(".") ?? "it"}.`,
    );
  const { header, values } = parsed.data;
  const signature = decodeBase64url(parsed.data.signature);
  const library = await loadCryptoWasm();
  const messages = header.fields.map((field) => {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    const message = value === undefined ? null : encodeValue(library, field, value);
    if (message === null) throw new ZeroKnowledgeRefused("credential_malformed", `Look at values.${field.name}.`);
    return message;
  });
  if (signature === null || Object.keys(values).length !== messages.length)
    throw new ZeroKnowledgeRefused("credential_malformed");
  return { credential: parsed.data, signature, messages: [encodeHeader(library, header), ...messages] };
}

/** Whether the issuer signed this credential. Throws ZeroKnowledgeRefused if not. */
export async function checkCredential(input: unknown, publicKey: Uint8Array): Promise<OpenedCredential> {
  const opened = await openCredential(input);
  const library = await loadCryptoWasm();
  const parameters = signatureParametersFor(library, opened.messages.length);
  let verified = false;
  try {
    verified = library.bbsVerify(opened.messages, opened.signature, publicKey, parameters, false).verified;
  } catch {
    // Bytes that are no signature at all.
  }
  if (!verified) throw new ZeroKnowledgeRefused("credential_invalid");
  return opened;
}

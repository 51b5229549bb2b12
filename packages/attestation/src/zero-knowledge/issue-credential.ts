import type { ExtractedData } from "@attestream/shared";
import { encodeBase64url, decodeBase64url } from "./base64url.ts";
import { findPublicKey } from "./bbs-key.ts";
import { checkCredential } from "./check-credential.ts";
import { encodeHeader, encodeValue } from "./encode-message.ts";
import { listFields } from "./list-fields.ts";
import { loadCryptoWasm } from "./load-crypto-wasm.ts";
import { signatureParametersFor } from "./suite.ts";
import { credentialSchema, credentialType, type BbsIssuerKey, type Credential } from "./vocabulary.ts";

const defaultValidForMs = 365 * 24 * 60 * 60 * 1000;

export interface CredentialIssuerOptions {
  /** Absolute URL of the installation; where its BBS keys are found. */
  issuer: string;
  key: BbsIssuerKey;
  now: () => Date;
  validForMs?: number;
}

/** What an attestation of the same session says, as far as a credential says it too. */
export interface CredentialInput {
  /** Id of the partner for whom it is issued. */
  audience: string;
  sessionId: string;
  platform: { id: number; name: string };
  nonce?: string;
  workflow: { name: string; version: string; hash: string };
  result: "complete" | "partial";
  claims: ExtractedData;
  /** `proofHash` of the attestation about the same session. */
  attestationHash?: string;
  /** Decimals of fields by path, where four are not right. */
  decimals?: Readonly<Record<string, number>>;
}

/** Signs every field by itself, so that the holder can later prove statements about each. Throws ZeroKnowledgeRefused for data that has no such form. */
export async function issueCredential(input: CredentialInput, options: CredentialIssuerOptions): Promise<Credential> {
  const { issuer, key, now, validForMs = defaultValidForMs } = options;
  const listed = listFields(input.claims, input.decimals);
  const iat = Math.floor(now().getTime() / 1000);
  const { platform, workflow } = input;
  const header = {
    iss: issuer,
    kid: key.kid,
    iat,
    exp: iat + Math.floor(validForMs / 1000),
    aud: input.audience,
    session_id: input.sessionId,
    ...(input.nonce === undefined ? {} : { nonce: input.nonce }),
    platform: { id: platform.id, name: platform.name },
    workflow: { name: workflow.name, version: workflow.version, hash: workflow.hash },
    result: input.result,
    ...(input.attestationHash === undefined ? {} : { attestation_hash: input.attestationHash }),
    fields: listed.map(({ field }) => field),
  };
  const library = await loadCryptoWasm();
  const messages = [
    encodeHeader(library, header),
    ...listed.map(({ field, value }) => {
      const message = encodeValue(library, field, value);
      if (message === null) throw new Error("a listed field's value does not fit its kind");
      return message;
    }),
  ];
  const secretKey = decodeBase64url(key.secretKey);
  if (secretKey === null) throw new Error("the BBS issuer key is not in base64url");
  const signature = library.bbsSignConstantTime(
    messages,
    secretKey,
    signatureParametersFor(library, messages.length),
    false,
  );
  const credential = credentialSchema.parse({
    type: credentialType,
    header,
    values: Object.fromEntries(listed.map(({ field, value }) => [field.name, value])),
    signature: encodeBase64url(signature),
  });
  // What a holder could not use is not given out.
  await checkCredential(credential, await findPublicKey({ keys: [key.publicKey] }, key.kid));
  return credential;
}

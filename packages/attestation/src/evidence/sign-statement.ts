import type { DsseEnvelope } from "@attestream/shared";
import { importJWK } from "jose";
import { encodeBase64 } from "../base64.ts";
import type { SigningKey } from "../issue/signing-key.ts";
import { preAuthenticationEncoding, statementPayloadType } from "./dsse.ts";
import { toDer } from "./ecdsa-der.ts";
import { evidenceStatementSchema, type EvidenceStatement } from "./statement.ts";

/** Signs as an attestor. A statement that no verifier would read is refused here. */
export async function signStatement(statement: EvidenceStatement, key: SigningKey): Promise<DsseEnvelope> {
  const parsed = evidenceStatementSchema.parse(statement);
  return signEnvelope(new TextEncoder().encode(JSON.stringify(parsed)), key);
}

export async function signEnvelope(payload: Uint8Array, key: SigningKey): Promise<DsseEnvelope> {
  const { kty, crv, x, y, d } = key.privateJwk;
  const imported = await importJWK({ kty, crv, x, y, d }, "ES256");
  if (imported instanceof Uint8Array) throw new TypeError("An ES256 key is expected");
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    imported,
    preAuthenticationEncoding(statementPayloadType, payload),
  );
  return {
    payloadType: statementPayloadType,
    payload: encodeBase64(payload),
    signatures: [{ keyid: key.kid, sig: encodeBase64(toDer(new Uint8Array(signature))) }],
  };
}

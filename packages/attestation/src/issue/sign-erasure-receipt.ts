import { CompactSign, importJWK } from "jose";
import { erasureReceiptType } from "../vocabulary.ts";
import type { SigningKey } from "./signing-key.ts";

/** What the operator states by signing. */
export interface ErasureStatement {
  issuer: string;
  id: string;
  /** Id of the partner who asked. */
  audience: string;
  sessionId: string;
  erasedAt: Date;
  /** What there was and is no more. */
  erased: readonly string[];
  /** Of the attestation that was erased: its bearer can be told that it was. */
  proofHash?: string;
}

/** A compact JWS by the key that also signs attestations, checkable with the published key set. */
export async function signErasureReceipt(statement: ErasureStatement, key: SigningKey): Promise<string> {
  const payload = {
    iss: statement.issuer,
    iat: Math.floor(statement.erasedAt.getTime() / 1000),
    jti: statement.id,
    aud: statement.audience,
    session_id: statement.sessionId,
    erased: statement.erased,
    ...(statement.proofHash === undefined ? {} : { proof_hash: statement.proofHash }),
  };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", kid: key.kid, typ: erasureReceiptType })
    .sign(await importJWK(key.privateJwk, "ES256"));
}

import { z } from "zod";
import { erasureReceiptType } from "../vocabulary.ts";
import { refusals, Refused, type Refusal } from "./verify-result.ts";
import { verifySignature } from "./verify-signature.ts";

export interface ErasureReceiptOptions {
  /** The issuer's JWKS, as parsed JSON. Get it from the issuer, not from whoever hands over the receipt. */
  jwks: unknown;
  issuer?: string;
  /** Id of the partner whom it is for. */
  audience?: string;
  sessionId?: string;
  /** Of the attestation that must be among what was erased. */
  proofHash?: string;
}

export type ErasureReceiptResult =
  | {
      ok: true;
      kid: string;
      issuer: string;
      audience: string;
      sessionId: string;
      erasedAt: Date;
      /** What there was and is no more. */
      erased: string[];
      proofHash: string | null;
    }
  | { ok: false; reason: Refusal; message: string };

const payloadSchema = z.looseObject({
  iss: z.string(),
  iat: z.int().positive(),
  aud: z.string(),
  session_id: z.string(),
  erased: z.array(z.string()),
  proof_hash: z.string().optional(),
});

/**
 * Checks offline that the operator has signed that a session's data was erased. Like `verifyAttestation` it
 * takes any input, never throws, opens no connection. It proves the operator's word, not the erasure.
 */
export async function verifyErasureReceipt(
  compact: unknown,
  options: ErasureReceiptOptions,
): Promise<ErasureReceiptResult> {
  try {
    if (typeof compact !== "string" || compact.split(".").length !== 3) throw new Refused("malformed");
    const { kid, payload } = await verifySignature(compact, options.jwks, erasureReceiptType);
    const parsed = payloadSchema.safeParse(payload);
    if (!parsed.success) throw new Refused("claims_invalid", `Look at ${parsed.error.issues[0]?.path.join(".")}.`);
    const { iss, iat, aud, session_id: sessionId, erased, proof_hash: proofHash = null } = parsed.data;
    const expect = (wanted: string | undefined, found: string | null, refusal: Refusal) => {
      if (wanted !== undefined && wanted !== found) throw new Refused(refusal);
    };
    expect(options.issuer, iss, "issuer_mismatch");
    expect(options.audience, aud, "audience_mismatch");
    expect(options.sessionId, sessionId, "session_mismatch");
    expect(options.proofHash, proofHash, "proof_hash_mismatch");
    return { ok: true, kid, issuer: iss, audience: aud, sessionId, erasedAt: new Date(iat * 1000), erased, proofHash };
  } catch (error) {
    const reason = error instanceof Refused ? error.reason : "malformed";
    const message = error instanceof Refused ? error.message : refusals.malformed;
    return { ok: false, reason, message: reason === "malformed" ? "This is not an erasure receipt." : message };
  }
}

import { verifyAttestation, type Client } from "@attestream/sdk";
import type { AttestationCheck, Verification } from "./verifications.ts";

/**
 * Fetches the attestation and checks it. The check itself needs no connection: with the keys fetched
 * ahead, anybody you hand the attestation to can repeat it years later.
 */
export async function checkAttestation(
  client: Client,
  verification: Verification,
  now: Date,
): Promise<AttestationCheck> {
  const { sessionId, nonce, platformId, externalReferenceId, receiverData, webhook } = verification;
  try {
    const [{ attestation, issuer }, jwks] = await Promise.all([client.attestation(sessionId), client.issuerKeys()]);
    const proofHash = webhook?.payload.proofHash;
    return await verifyAttestation(attestation, {
      jwks,
      now,
      issuer,
      sessionId,
      nonce,
      externalReferenceId,
      receiverData,
      platform: { id: platformId },
      ...(proofHash !== undefined && { proofHash }),
    });
  } catch (error) {
    return { ok: false, reason: "unavailable", message: error instanceof Error ? error.message : String(error) };
  }
}

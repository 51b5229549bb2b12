import type { Client } from "@attestream/sdk";
import type { AttestationCheck, Verification } from "./verifications.ts";

/**
 * Fetches the attestation and all that belongs to it, and checks it against what we know ourselves. The check needs
 * no connection: with the files kept (docs/proof.md), anybody you hand them to can repeat it years later.
 */
export async function checkAttestation(
  client: Client,
  verification: Verification,
  { now, attestors: trusted }: { now: Date; attestors?: unknown },
): Promise<AttestationCheck> {
  const { sessionId, nonce, platformId, externalReferenceId, receiverData, webhook } = verification;
  try {
    // A demo may believe the attestors that the operator names. You should name yours: see ATTESTORS_FILE.
    const attestors = trusted ?? (await client.attestorKeys());
    const proofHash = webhook?.payload.proofHash;
    return await client.checkedAttestation(sessionId, {
      now,
      attestors,
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

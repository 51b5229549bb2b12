import { verifyAttestation, type Client } from "@attestream/sdk";
import type { AttestationCheck, Verification } from "./verifications.ts";

const patienceMs = 10_000;

/**
 * Fetches the attestation and all that belongs to it, and checks it. The check itself needs no connection: with the
 * files kept, anybody you hand them to can repeat it years later.
 */
export async function checkAttestation(
  client: Client,
  verification: Verification,
  { now, attestors: trusted }: { now: Date; attestors?: unknown },
): Promise<AttestationCheck> {
  const { sessionId, nonce, platformId, externalReferenceId, receiverData, webhook } = verification;
  try {
    const [proof, jwks] = await Promise.all([client.attestation(sessionId), client.issuerKeys()]);
    const { attestation, issuer, evidence, log } = proof;
    const statusList = proof.status && (await fetchFresh(proof.status.uri)).text();
    // A demo may believe the attestors that the operator names. You should name yours: see ATTESTORS_FILE.
    const attestors: unknown = trusted ?? (await fetchFresh(proof.attestorsUrl)).json();
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
      evidence,
      log,
      attestors: await attestors,
      statusList: await statusList,
      ...(proofHash !== undefined && { proofHash }),
    });
  } catch (error) {
    return { ok: false, reason: "unavailable", message: error instanceof Error ? error.message : String(error) };
  }
}

async function fetchFresh(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}

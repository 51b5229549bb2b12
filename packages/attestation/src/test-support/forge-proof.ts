import { hashEnvelope, makeDisclosure, type DsseEnvelope } from "../evidence/index.ts";
import { verifyAttestation, type VerifyOptions } from "../verify/index.ts";
import type { proveSample } from "./sample-proof.ts";
import { decodePart, joinAttestation, readPayload, signPayload, splitAttestation } from "./sample.ts";

export type Proof = Awaited<ReturnType<typeof proveSample>>;

export async function refusalOf(compact: unknown, options: VerifyOptions): Promise<string> {
  const result = await verifyAttestation(compact, options);
  return result.ok ? "accepted" : result.reason;
}

/** What an issuer who lies can sign: the claims changed, the evidence perhaps another, and all hashes made to fit. */
export async function resign(
  proof: Proof,
  change: (payload: Record<string, unknown>) => unknown,
  envelope?: DsseEnvelope,
): Promise<[string, VerifyOptions]> {
  const payload = readPayload(proof.jwt);
  if (envelope !== undefined) {
    const [claim] = payload["evidence"] as Record<string, unknown>[];
    payload["evidence"] = [{ ...claim, envelope_sha256: await hashEnvelope(envelope) }];
  }
  const jwt = await signPayload(change(payload), proof.signingKey);
  const { log: _log, ...options } = proof.options;
  const { disclosures } = splitAttestation(proof.attestation);
  return [joinAttestation(jwt, disclosures), envelope === undefined ? options : { ...options, evidence: [envelope] }];
}

/** The same issuer signs another value under the attestor's own salt; all else fits. */
export async function alterField(proof: Proof, change: Record<string, string>): Promise<[string, VerifyOptions]> {
  const made = await Promise.all(
    splitAttestation(proof.attestation).disclosures.map(async (disclosure) => {
      const [salt, name, value] = decodePart(disclosure) as [string, string, never];
      return { name, ...(await makeDisclosure(name, change[name] ?? value, salt)) };
    }),
  );
  const digests = made.filter(({ name }) => !name.endsWith("_hash")).map(({ digest }) => digest);
  const [compact, options] = await resign(proof, (payload) => ({ ...payload, claims: { _sd: digests } }));
  const { jwt } = splitAttestation(compact);
  return [
    joinAttestation(
      jwt,
      made.map(({ disclosure }) => disclosure),
    ),
    options,
  ];
}

import type { Json } from "@attestream/shared";
import { hashExternalReference, hashSubject } from "../bound-hash.ts";
import { hashProof } from "../digest.ts";
import { attestationModes, type AttestationClaims } from "../vocabulary.ts";
import type { EvidenceFindings } from "./check-evidence.ts";
import { Refused, type Witness } from "./verify-result.ts";

/** What the caller knows about the attestation it expects. Whatever is left out is not checked, and is listed as not proven where that matters. */
export interface Expectations {
  issuer?: string;
  /** The caller's own partner id. */
  audience?: string;
  nonce?: string;
  sessionId?: string;
  platform?: { id?: number; name?: string };
  externalReferenceId?: string;
  receiverData?: { [key: string]: Json };
  /** As in webhook and API; of the attestation with all its disclosures. */
  proofHash?: string;
  maxAgeMs?: number;
  /** Names of servers that evidence may be about, as in certificates: `api.bank.example`. */
  servers?: readonly string[];
  /** Refuses what is proved by weaker means, evidence that was not given or could not be checked, and evidence for no field that is disclosed. */
  require?: "passive" | "replay";
  /** Fields that must be disclosed and covered by checked evidence. */
  witnessed?: readonly string[];
}

/** Clocks of two honest machines differ; by no more than this. */
const clockSkewMs = 60_000;

export function checkTimes(claims: AttestationClaims, now: Date, maxAgeMs: number | undefined): void {
  const time = now.getTime();
  if (Math.max(claims.iat, claims.nbf ?? 0) * 1000 > time + clockSkewMs) throw new Refused("not_yet_valid");
  if (claims.exp * 1000 <= time) throw new Refused("expired");
  if (maxAgeMs !== undefined && time - claims.iat * 1000 > maxAgeMs) throw new Refused("too_old");
}

/** What the evidence must be, beyond being genuine. */
export function requireEvidence(
  claims: AttestationClaims,
  evidence: EvidenceFindings,
  witnessed: Record<string, Witness>,
  expected: Expectations,
): void {
  const { servers, require, witnessed: wanted = [] } = expected;
  const stranger = claims.evidence.find(({ server_name: name }) => servers !== undefined && !servers.includes(name));
  if (stranger !== undefined)
    throw new Refused("server_unexpected", `It names ${JSON.stringify(stranger.server_name)}.`);
  if (require !== undefined) {
    if (attestationModes.indexOf(claims.mode) < attestationModes.indexOf(require))
      throw new Refused("mode_too_weak", `Its mode is ${claims.mode}.`);
    if (evidence.state === "not_given") throw new Refused("evidence_missing");
    if (evidence.state !== "checked") throw new Refused("attestor_unknown", "No attestors' keys were given.");
    // Evidence for nothing that is shown would be a promise about nothing.
    if (Object.keys(witnessed).length === 0) throw new Refused("field_not_witnessed", "None is.");
  }
  const unwitnessed = wanted.find((name) => !Object.hasOwn(witnessed, name));
  if (unwitnessed !== undefined) throw new Refused("field_not_witnessed", `Look at ${JSON.stringify(unwitnessed)}.`);
}

export async function checkExpectations(
  compact: string,
  claims: AttestationClaims,
  expected: Expectations,
): Promise<void> {
  const { issuer, audience, nonce, sessionId, platform, externalReferenceId, receiverData, proofHash } = expected;
  if (issuer !== undefined && issuer !== claims.iss)
    throw new Refused("issuer_mismatch", `It names ${JSON.stringify(claims.iss)}.`);
  if (audience !== undefined && audience !== claims.aud)
    throw new Refused("audience_mismatch", `It names ${JSON.stringify(claims.aud)}.`);
  if (nonce !== undefined && nonce !== claims.nonce) throw new Refused("nonce_mismatch");
  if (sessionId !== undefined && sessionId !== claims.session_id) throw new Refused("session_mismatch");
  if (platform?.id !== undefined && platform.id !== claims.platform.id) throw new Refused("platform_mismatch");
  if (platform?.name !== undefined && platform.name !== claims.platform.name) throw new Refused("platform_mismatch");
  if (
    externalReferenceId !== undefined &&
    (await hashExternalReference(claims.session_id, externalReferenceId)) !== claims.external_reference_hash
  ) {
    throw new Refused("external_reference_mismatch");
  }
  if (receiverData !== undefined && (await hashSubject(claims.session_id, receiverData)) !== claims.subject_hash) {
    throw new Refused("subject_mismatch");
  }
  if (proofHash !== undefined && (await hashProof(compact)) !== proofHash) throw new Refused("proof_hash_mismatch");
}

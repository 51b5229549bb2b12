import { z } from "zod";
import {
  bindSession,
  hashDisclosure,
  hashEnvelope,
  openEnvelope,
  parseEnvelope,
  readUnverified,
  type DsseEnvelope,
  type EvidenceStatement,
} from "../evidence/index.ts";
import type { AttestationClaims, EvidenceClaim } from "../vocabulary.ts";
import type { OpenedDisclosures } from "./open-disclosures.ts";
import { Refused } from "./verify-result.ts";

export interface CheckedEvidence {
  claim: EvidenceClaim;
  statement: EvidenceStatement;
}

/** `unchecked`: it was given and fits, but whose it is was not checked, because no attestors' keys were given. */
export type EvidenceFindings =
  | { state: "none" | "not_given" | "unchecked" }
  | { state: "checked"; pieces: CheckedEvidence[] };

export interface EvidenceOptions {
  /** The envelopes that travel beside the attestation, as parsed JSON. */
  evidence?: unknown;
  /** JWKS of the attestors whom the caller trusts. Choose them, do not take them from whoever hands over the proof. */
  attestors?: unknown;
}

export interface SignedContext extends Pick<OpenedDisclosures, "fieldDigests" | "disclosedDigests"> {
  claims: AttestationClaims;
  /** The point of the issuer's key. */
  issuerPoint: string;
}

const envelopesSchema = z.array(z.unknown()).max(50);
/** A session that waited for the API to come back is attested later than it was read. */
const longestDelaySeconds = 60 * 60;
const clockSkewSeconds = 60;

/** Holds the envelopes against what the issuer signed. All of them must be named, and all named ones be there. */
export async function checkEvidence(
  context: SignedContext,
  { evidence, attestors }: EvidenceOptions,
): Promise<EvidenceFindings> {
  const { claims } = context;
  const envelopes = await hashEnvelopes(evidence ?? []);
  const named = new Set(claims.evidence.map((claim) => claim.envelope_sha256));
  if (![...envelopes.keys()].every((hash) => named.has(hash))) throw new Refused("evidence_not_named");
  if (claims.evidence.length === 0) return { state: "none" };
  if (evidence === undefined) return { state: "not_given" };

  const session = await bindSession(claims.session_id, claims.nonce);
  const disclosure = await hashDisclosure(claims.disclosure);
  const pieces: CheckedEvidence[] = [];
  const open = async (envelope: DsseEnvelope) => {
    const opened = await openEnvelope(envelope, attestors);
    if (opened.point === context.issuerPoint) throw new Refused("attestor_is_issuer");
    return opened;
  };
  for (const claim of claims.evidence) {
    const envelope = envelopes.get(claim.envelope_sha256);
    if (envelope === undefined) throw new Refused("evidence_missing", `It is about the part ${claim.part}.`);
    const { statement, kid } = attestors === undefined ? readUnverified(envelope) : await open(envelope);
    const { predicate } = statement;
    if (predicate.session !== session) throw new Refused("evidence_session_mismatch");
    if (predicate.server_name !== claim.server_name) throw new Refused("evidence_server_mismatch");
    if (predicate.workflow_hash !== claims.workflow.hash) throw new Refused("evidence_workflow_mismatch");
    if (predicate.disclosure_hash !== disclosure) throw new Refused("evidence_disclosure_mismatch");
    requireSameDescription(claim, predicate, kid);
    requireSameFields(predicate.fields, context);
    requireSameTime(predicate, claims.iat);
    pieces.push({ claim, statement });
  }
  return attestors === undefined ? { state: "unchecked" } : { state: "checked", pieces };
}

async function hashEnvelopes(evidence: unknown): Promise<Map<string, DsseEnvelope>> {
  const list = envelopesSchema.safeParse(evidence);
  if (!list.success) throw new Refused("evidence_malformed", "A list of envelopes is expected.");
  const envelopes = list.data.map(parseEnvelope);
  return new Map(
    await Promise.all(envelopes.map(async (envelope) => [await hashEnvelope(envelope), envelope] as const)),
  );
}

function requireSameDescription(claim: EvidenceClaim, predicate: EvidenceStatement["predicate"], kid: string): void {
  const names = (fields: string[]) => JSON.stringify(fields.toSorted());
  const same: Record<string, boolean> = {
    mode: claim.mode === predicate.mode,
    part: claim.part === predicate.part,
    kid: claim.kid === kid,
    observed_at: claim.observed_at === predicate.observed_at,
    fields: names(claim.fields) === names(Object.keys(predicate.fields)),
  };
  const different = Object.keys(same).find((name) => same[name] === false);
  if (different !== undefined) throw new Refused("evidence_claim_mismatch", `Look at ${different}.`);
}

/** A withheld field is covered too: its digest is signed by both. */
function requireSameFields(
  fields: Record<string, string>,
  { fieldDigests, disclosedDigests }: Pick<SignedContext, "fieldDigests" | "disclosedDigests">,
): void {
  const disclosedNames = new Map([...disclosedDigests].map(([name, digest]) => [digest, name]));
  for (const [name, digest] of Object.entries(fields)) {
    const sameValue = fieldDigests.has(digest) && (disclosedDigests.get(name) ?? digest) === digest;
    const sameName = (disclosedNames.get(digest) ?? name) === name;
    if (!sameValue || !sameName) throw new Refused("evidence_field_mismatch", `Look at ${JSON.stringify(name)}.`);
  }
}

function requireSameTime(
  { connected_at: connectedAt, observed_at: observedAt }: EvidenceStatement["predicate"],
  issuedAt: number,
): void {
  if (connectedAt > observedAt) throw new Refused("evidence_time_mismatch", "It was read before its connection began.");
  if (observedAt > issuedAt + clockSkewSeconds)
    throw new Refused("evidence_time_mismatch", "It is newer than the attestation.");
  if (issuedAt - observedAt > longestDelaySeconds)
    throw new Refused("evidence_time_mismatch", "It is more than an hour older than the attestation.");
}

import type { ExtractedData } from "@attestream/shared";
import { evidenceRefusals } from "../evidence/index.ts";
import type { AttestationClaims } from "../vocabulary.ts";

/** Why an attestation was refused. Closed and append-only: programs branch on these. */
export const refusals = {
  malformed: "This is not an attestation in the compact form of an SD-JWT VC.",
  unsupported_type: "This is a credential of another type or version.",
  unsupported_algorithm: "The header asks for an algorithm other than ES256.",
  invalid_key_set: "The key set is not a JWKS.",
  unknown_key: "The key set has no usable key with the header's kid.",
  signature_invalid: "The signature does not fit the content.",
  disclosure_invalid: "A disclosed field was altered, added, repeated or moved.",
  claims_invalid: "The signed claims do not have the expected form.",
  not_yet_valid: "The attestation is dated in the future.",
  expired: "The attestation has expired.",
  too_old: "The attestation is older than was asked for.",
  issuer_mismatch: "It was issued by somebody else.",
  audience_mismatch: "It was issued for another partner.",
  nonce_mismatch: "It carries another nonce, or none.",
  session_mismatch: "It is about another session.",
  platform_mismatch: "It is about another platform.",
  external_reference_mismatch: "It carries another external reference, or withholds it.",
  subject_mismatch: "It was issued for other receiver data, or withholds whose.",
  proof_hash_mismatch: "The proof hash belongs to another attestation.",
  ...evidenceRefusals,
  evidence_not_named: "Evidence was given that the attestation does not name: it was altered, replaced or added.",
  evidence_missing: "Evidence that the attestation names was not given.",
  evidence_session_mismatch: "The evidence is bound to another session, or to another nonce.",
  evidence_server_mismatch: "The evidence is about another server than the attestation says.",
  evidence_workflow_mismatch: "The evidence was read with another workflow than the attestation says.",
  evidence_claim_mismatch: "The attestation describes its evidence otherwise than the evidence itself.",
  evidence_field_mismatch: "The attestor read another value for a field than was attested.",
  evidence_disclosure_mismatch: "The attestor answered other questions than the attestation says.",
  evidence_time_mismatch: "The evidence is not of the time of the attestation.",
  attestor_is_issuer: "The evidence was signed with the issuer's own key: nobody independent has witnessed anything.",
  server_unexpected: "The evidence is about a server that was not expected.",
  mode_too_weak: "It is proved by weaker means than were asked for.",
  field_not_witnessed: "A field that must be witnessed is not disclosed, or no checked evidence covers it.",
  log_proof_malformed: "The log proof does not have the expected form.",
  log_checkpoint_invalid: "The log's checkpoint is not signed by the issuer, or is another log's.",
  not_in_log: "The log proof does not lead from this attestation to the checkpoint: it is not in that log.",
  status_list_invalid: "The status list is not one that the issuer signed.",
  status_list_mismatch: "The status list is another one than the attestation names, or too short.",
  status_list_expired: "The status list is out of date. Get a new one.",
  revoked: "It was revoked.",
} as const;

export type Refusal = keyof typeof refusals;

/** `by` names whose word it is. */
export interface Proven {
  statement: string;
  by: string;
}

export interface NotProven {
  statement: string;
  why: string;
}

/** Which checked evidence covers a field. */
export interface Witness {
  mode: "passive" | "replay";
  /** The server that sent it. */
  serverName: string;
  /** Of the attestor's key. */
  kid: string;
  part: string;
}

export type VerifyResult =
  | {
      ok: true;
      claims: AttestationClaims;
      /** The fields that were disclosed; others may have been signed and withheld. */
      disclosed: ExtractedData;
      /** How many signed values were withheld. */
      withheld: number;
      /** Disclosed fields that evidence covers; only evidence that was given and checked counts. */
      witnessed: Record<string, Witness>;
      kid: string;
      proven: Proven[];
      notProven: NotProven[];
    }
  | { ok: false; reason: Refusal; message: string };

/** Thrown and caught inside the verifier only. */
export class Refused extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal, detail?: string) {
    super(detail === undefined ? refusals[reason] : `${refusals[reason]} ${detail}`);
    this.reason = reason;
  }
}

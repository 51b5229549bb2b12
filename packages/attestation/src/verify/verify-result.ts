import type { ExtractedData } from "@attestream/shared";
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

export type VerifyResult =
  | {
      ok: true;
      claims: AttestationClaims;
      /** The fields that were disclosed; others may have been signed and withheld. */
      disclosed: ExtractedData;
      /** How many signed values were withheld. */
      withheld: number;
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

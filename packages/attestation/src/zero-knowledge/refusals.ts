/** Why a credential was not issued, a proof not made, or a proof not believed. Closed and append-only: programs branch on these. */
export const zeroKnowledgeRefusals = {
  // Issuing
  no_fields: "There is no field to put into a credential.",
  too_many_fields: "There are more fields than a credential can hold.",
  field_ambiguous: "Two fields have the same path; rename one of them in the workflow.",
  // Making a proof
  credential_malformed: "This is not a credential of this type and version.",
  credential_invalid: "The credential's signature does not fit its content.",
  predicate_malformed:
    "This is not a predicate. Write FIELD >= VALUE, FIELD <= VALUE, FIELD in MIN..MAX or FIELD == VALUE.",
  nothing_asked: "There is nothing to prove: give at least one predicate or one field to reveal.",
  predicate_unmet: "The credential's value does not meet the predicate.",
  // Both
  field_unknown: "The credential has no such field.",
  field_not_comparable: "This field is a text: it can be revealed, and is neither more nor less than another.",
  bound_invalid: "The bound is no value that this field can have.",
  // Checking a proof
  malformed: "This is not a predicate proof.",
  unsupported_type: "This is a proof of another type or version.",
  invalid_key_set: "The key set is not one of BBS keys.",
  unknown_key: "The key set has no usable key with the proof's kid.",
  value_invalid: "A revealed value is not written as it was signed.",
  proof_invalid: "The proof does not fit what it claims to prove.",
  not_yet_valid: "The credential is dated in the future.",
  expired: "The credential has expired.",
  issuer_mismatch: "It was issued by somebody else.",
  audience_mismatch: "It was issued for another partner.",
  nonce_mismatch: "It carries another nonce of the session, or none.",
  session_mismatch: "It is about another session.",
  platform_mismatch: "It is about another platform.",
  challenge_mismatch: "It was made for another question: it carries another challenge, or none.",
  requirement_unmet: "It does not prove what was asked for.",
} as const;

export type ZeroKnowledgeRefusal = keyof typeof zeroKnowledgeRefusals;

/** The detail names fields and bounds that the caller gave, never a value of the credential. */
export class ZeroKnowledgeRefused extends Error {
  readonly code: ZeroKnowledgeRefusal;

  constructor(code: ZeroKnowledgeRefusal, detail?: string) {
    super(detail === undefined ? zeroKnowledgeRefusals[code] : `${zeroKnowledgeRefusals[code]} ${detail}`);
    this.name = "ZeroKnowledgeRefused";
    this.code = code;
  }
}

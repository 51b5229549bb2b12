/** Why a piece of evidence was refused by itself, before it is held against an attestation. Closed and append-only. */
export const evidenceRefusals = {
  evidence_malformed: "A piece of evidence is not a DSSE envelope with a statement of this type in it.",
  attestor_set_invalid: "The attestors' key set is not a JWKS.",
  attestor_unknown: "The evidence was signed by an attestor who is not among those you trust.",
  evidence_signature_invalid: "The attestor's signature does not fit the evidence.",
} as const;

export type EvidenceRefusal = keyof typeof evidenceRefusals;

export class EvidenceRefused extends Error {
  readonly code: EvidenceRefusal;

  constructor(code: EvidenceRefusal, detail?: string) {
    super(detail === undefined ? evidenceRefusals[code] : `${evidenceRefusals[code]} ${detail}`);
    this.name = "EvidenceRefused";
    this.code = code;
  }
}

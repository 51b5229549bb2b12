import { EvidenceMismatchError, type Refusal } from "@attestream/attestation";
import { EvidenceRefused } from "@attestream/attestation/evidence";
import type { ErrorCode } from "@attestream/shared";

/** Why no attestation came about, as the session's error code. */
export class AttestationFailure extends Error {
  readonly code: Extract<
    ErrorCode,
    "ATTESTATION_FAILED" | "ATTESTATION_TIMEOUT" | "ATTESTATION_MISMATCH" | "ATTESTOR_UNAVAILABLE"
  >;

  constructor(code: AttestationFailure["code"], why: string) {
    super(why);
    this.code = code;
  }
}

/** What a refusal of the own verifier means for the session. */
export function codeOf(refusal: Refusal): AttestationFailure["code"] {
  // Its key could not be had: who it is, is not known.
  if (refusal === "attestor_unknown") return "ATTESTOR_UNAVAILABLE";
  return refusal.startsWith("evidence_") || refusal === "attestor_is_issuer"
    ? "ATTESTATION_MISMATCH"
    : "ATTESTATION_FAILED";
}

/** Any error as one of these. The message of a foreign one could quote data: its name is enough to find the place. */
export function failureOf(error: unknown): AttestationFailure {
  if (error instanceof AttestationFailure) return error;
  if (error instanceof EvidenceMismatchError) return new AttestationFailure("ATTESTATION_MISMATCH", error.message);
  if (error instanceof EvidenceRefused) return new AttestationFailure(codeOf(error.code), error.message);
  return new AttestationFailure("ATTESTATION_FAILED", error instanceof Error ? error.name : typeof error);
}

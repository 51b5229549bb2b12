import { errorCodes, type ErrorCode } from "@attestream/shared";
import type { AttestorRefusal } from "@attestream/shared/attestor-protocol";
import type { EvidenceGapCode } from "@attestream/shared/worker-protocol";
import { TreeFailure } from "@attestream/workflow";
import { AttestorGoneError, AttestorRefusedError } from "./attestor-link.ts";

/** That there is no evidence of a part, and why. */
export class Gap extends Error {
  override readonly name = "Gap";
  readonly code: EvidenceGapCode;
  /** It was asked for, and no answer came in time. */
  readonly isLate: boolean;

  constructor(code: EvidenceGapCode, isLate = false) {
    super(code);
    this.code = code;
    this.isLate = isLate;
  }
}

const refusalGaps: Partial<Record<AttestorRefusal, EvidenceGapCode>> = {
  secrets_uncommitted: "uncommitted",
  recording_incomplete: "too_large",
  tls_refused: "tls_unsuitable",
  connection_unknown: "not_witnessed",
  response_unknown: "not_witnessed",
};

export function toGap(error: unknown): Gap {
  if (error instanceof Gap) return error;
  if (error instanceof AttestorRefusedError) return new Gap(refusalGaps[error.code] ?? "attestor_refused");
  if (error instanceof AttestorGoneError) return new Gap("attestor_unavailable", error.reason === "timeout");
  return new Gap("attestor_refused");
}

/** How a session ends whose tree does not go on without evidence. */
export function failureOf({ code, isLate }: Gap): TreeFailure {
  if (isLate) return attestationFailure("ATTESTATION_TIMEOUT");
  const isAway = code === "no_attestor" || code === "attestor_unavailable";
  return attestationFailure(isAway ? "ATTESTOR_UNAVAILABLE" : "ATTESTATION_FAILED");
}

export function attestationFailure(code: ErrorCode): TreeFailure {
  return new TreeFailure(code, errorCodes[code].message);
}

import type { ErrorCode } from "@attestream/shared";
import type { ExtractionResult, SessionReport } from "@attestream/shared/worker-protocol";
import type { SessionEvent } from "@attestream/state-machine";

/** What a worker's report means to the machine. Data goes into columns, never into an event. */
export function eventOfReport(report: SessionReport): SessionEvent {
  switch (report.type) {
    case "data.extracted":
      return { type: "data.extracted", partial: whyPartial(report.result) !== null };
    case "session.failed":
      return {
        type: "session.failed",
        code: report.code,
        ...(report.message === undefined ? {} : { message: report.message }),
      };
    case "tree.loaded":
    case "browser.started":
      return { type: report.type };
    case "challenge.raised":
    case "challenge.resolved":
    case "progress.advanced":
    case "viewer.connected":
    case "viewer.disconnected":
    case "tree.started":
    case "collection.started":
      return report;
  }
}

/** Why a session with this result is not complete; null when it is. Other gaps in the evidence are the attestation's to tell. */
export function whyPartial({ failedParts, withoutEvidence = [] }: ExtractionResult): ErrorCode | null {
  const isAttestorAway = withoutEvidence.some(({ code }) => code === "attestor_unavailable");
  return failedParts[0]?.code ?? (isAttestorAway ? "ATTESTOR_UNAVAILABLE" : null);
}

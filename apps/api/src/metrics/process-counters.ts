import { isTerminal, type ErrorCode, type SessionStatus } from "@attestream/shared";
import { createCounter, type MetricFamily } from "./metric-family.ts";

/** What this process has done. */
export interface ProcessCounters {
  requestAnswered(request: { method: string; route: string; status: number; seconds: number }): void;
  /** Of every change that was committed. A session that has ended changes no more. */
  sessionChanged(session: { status: SessionStatus; reason_code: ErrorCode | null }): void;
  webhookAttempted(ok: boolean): void;
  attestationIssued(mode: string): void;
  attestationFailed(code: ErrorCode): void;
  families(): MetricFamily[];
}

export function createProcessCounters(): ProcessCounters {
  const requests = createCounter("attestream_http_requests_total", "Requests answered, by route and status.");
  const seconds = createCounter("attestream_http_request_seconds_total", "Time spent on requests, by route.");
  const ended = createCounter("attestream_sessions_ended_total", "Sessions that ended, by status and reason.");
  const attempts = createCounter("attestream_webhook_attempts_total", "Attempts to deliver a webhook.");
  const issued = createCounter("attestream_attestations_total", "Attestations issued, by what they rest on.");
  const failed = createCounter("attestream_attestation_failures_total", "Attestations that did not come about.");

  return {
    requestAnswered({ method, route, status, seconds: spent }) {
      requests.add({ method, route, status: String(status) });
      seconds.add({ method, route }, spent);
    },
    sessionChanged({ status, reason_code: code }) {
      if (isTerminal(status)) ended.add({ status, reason: code ?? "" });
    },
    webhookAttempted: (ok) => attempts.add({ outcome: ok ? "delivered" : "failed" }),
    attestationIssued: (mode) => issued.add({ mode }),
    attestationFailed: (code) => failed.add({ reason: code }),
    families: () => [requests, seconds, ended, attempts, issued, failed].map((counter) => counter.family()),
  };
}

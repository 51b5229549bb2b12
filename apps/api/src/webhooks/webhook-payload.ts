import {
  errorCodes,
  isTerminal,
  sessionStatuses,
  type ExtractedData,
  type SessionStatus,
  type TerminalStatus,
} from "@attestream/shared";
import {
  progressWebhookEvents,
  webhookEvents,
  type StatusReason,
  type WebhookPayload,
} from "@attestream/shared/partner-api";
import type { SessionRow } from "../storage/schema.ts";
import type { Urgency } from "./webhook-queue.ts";

/** The status that an event tells of; undefined for one that was never any session's. */
export function statusOf(event: string): SessionStatus | undefined {
  return sessionStatuses.find((status) => webhookEvents[status] === event);
}

/** Whether it tells of a status on the way. */
export function isProgress(event: string): boolean {
  return progressWebhookEvents.some((one) => one === event);
}

/** The end, and what a partner waits for, comes before what is said on the way. */
export function urgencyOf(event: string): Urgency {
  return isProgress(event) ? "progress" : "end";
}

/** Of a delivery that a partner asks for to try its receiver. */
export const testEvent = "webhook.test";

/** Has the form of any other, and can do no harm where `event` is not looked at: no such session exists. */
export function testPayload(at: Date): WebhookPayload {
  return {
    sessionId: "00000000-0000-0000-0000-000000000000",
    status: "TERMINATED",
    extractedData: null,
    completedAt: at.toISOString(),
    event: testEvent,
    platformId: 0,
    createdAt: at.toISOString(),
  };
}

const carriesData: Record<TerminalStatus, boolean> = {
  COMPLETED: true,
  PARTIAL_COMPLETE: true,
  ERROR: false,
  CANCELLED: false,
  TERMINATED: false,
};

export interface PayloadParts {
  /** As it is now; it may be further than `status`. */
  session: SessionRow;
  /** That the delivery tells of. */
  status: SessionStatus;
  seq: number | null;
  extractedData: ExtractedData | null;
  proofHash: string | null;
}

/** The same on every attempt: made of what does not change any more. */
export function webhookPayload({ session, status, seq, extractedData, proofHash }: PayloadParts): WebhookPayload {
  const event = webhookEvents[status];
  if (event === null) throw new Error(`No webhook tells of ${status}`);
  const ended = isTerminal(status) ? status : null;
  if (ended !== null && session.completed_at === null) throw new Error("The end is told of a session that has ended");
  return {
    sessionId: session.id,
    status,
    ...(session.external_reference_id === null ? {} : { externalReferenceId: session.external_reference_id }),
    extractedData: ended !== null && carriesData[ended] ? extractedData : null,
    completedAt: ended === null ? null : (session.completed_at?.toISOString() ?? null),
    event,
    platformId: session.platform_id,
    createdAt: session.created_at.toISOString(),
    ...(seq === null ? {} : { seq }),
    ...(ended === null || proofHash === null ? {} : { proofHash }),
    ...(ended === null ? {} : reasonOf(session, ended)),
    ...(session.metadata === null ? {} : { metadata: session.metadata }),
  };
}

function reasonOf(
  session: SessionRow,
  status: TerminalStatus,
): { errorCode?: StatusReason["code"]; statusReason?: StatusReason } {
  const code = session.reason_code;
  if (code === null) return {};
  if (status === "ERROR") return { errorCode: code };
  return { statusReason: { code, category: errorCodes[code].category, retriable: errorCodes[code].retriable } };
}

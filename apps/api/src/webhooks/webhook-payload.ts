import { errorCodes, isTerminal, type ExtractedData, type TerminalStatus } from "@attestream/shared";
import type { StatusReason, WebhookPayload } from "@attestream/shared/partner-api";
import type { SessionRow } from "../storage/schema.ts";

/** The `event` of the body, and of the delivery. */
export const webhookEvents = {
  COMPLETED: "session.completed",
  PARTIAL_COMPLETE: "session.partial_complete",
  ERROR: "session.error",
  CANCELLED: "session.cancelled",
  TERMINATED: "session.terminated",
} as const satisfies Record<TerminalStatus, string>;

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
  session: SessionRow;
  extractedData: ExtractedData | null;
  proofHash: string | null;
}

/** The same on every attempt: a session that has ended does not change. */
export function webhookPayload({ session, extractedData, proofHash }: PayloadParts): WebhookPayload {
  const { status, completed_at: completedAt } = session;
  if (!isTerminal(status) || completedAt === null) throw new Error("A webhook is sent for a session that has ended");
  return {
    sessionId: session.id,
    status,
    ...(session.external_reference_id === null ? {} : { externalReferenceId: session.external_reference_id }),
    extractedData: carriesData[status] ? extractedData : null,
    completedAt: completedAt.toISOString(),
    event: webhookEvents[status],
    platformId: session.platform_id,
    createdAt: session.created_at.toISOString(),
    ...(proofHash === null ? {} : { proofHash }),
    ...reasonOf(session, status),
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

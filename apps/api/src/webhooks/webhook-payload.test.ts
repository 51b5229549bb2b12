import { expect, test } from "vitest";
import { sessionStatuses, terminalStatuses, type TerminalStatus } from "@attestream/shared";
import { webhookEvents, webhookPayloadSchema } from "@attestream/shared/partner-api";
import type { SessionRow } from "../storage/schema.ts";
import { statusOf, testEvent, webhookPayload } from "./webhook-payload.ts";

const completed = {
  id: "0b9d5f0e-6a3f-4b7e-9f54-7d3a1c2b4e5f",
  status: "COMPLETED",
  platform_id: 7,
  external_reference_id: "user_abc123",
  metadata: { cart: 5 },
  reason_code: null,
  created_at: new Date("2026-03-24T12:00:00.000Z"),
  completed_at: new Date("2026-03-24T12:05:00.000Z"),
} as Partial<SessionRow> as SessionRow;

const extractedData = { accountHolder: "Jane Roe" };

test("the documented body, and what is added to it", () => {
  expect(
    webhookPayload({ session: completed, status: "COMPLETED", seq: 9, extractedData, proofHash: "ab".repeat(32) }),
  ).toEqual({
    sessionId: completed.id,
    status: "COMPLETED",
    externalReferenceId: "user_abc123",
    extractedData,
    completedAt: "2026-03-24T12:05:00.000Z",
    event: "session.completed",
    platformId: 7,
    createdAt: "2026-03-24T12:00:00.000Z",
    seq: 9,
    proofHash: "ab".repeat(32),
    metadata: { cart: 5 },
  });
});

test("what was not given is absent, not empty", () => {
  const session = { ...completed, external_reference_id: null, metadata: null };
  expect(
    Object.keys(webhookPayload({ session, status: "COMPLETED", seq: null, extractedData, proofHash: null })),
  ).toEqual(["sessionId", "status", "extractedData", "completedAt", "event", "platformId", "createdAt"]);
});

test.each(terminalStatuses)("%s: data only where there is a result, reason in its place", (status: TerminalStatus) => {
  const reason = status === "COMPLETED" ? null : "PLATFORM_TIMEOUT";
  const payload = webhookPayload({
    session: { ...completed, status, reason_code: reason },
    status,
    seq: 9,
    extractedData,
    proofHash: null,
  });
  expect(webhookPayloadSchema.parse(payload)).toEqual(payload);
  expect(payload.extractedData).toEqual(status === "COMPLETED" || status === "PARTIAL_COMPLETE" ? extractedData : null);
  expect(payload.errorCode).toBe(status === "ERROR" ? "PLATFORM_TIMEOUT" : undefined);
  expect(payload.statusReason?.code).toBe(
    status === "ERROR" || status === "COMPLETED" ? undefined : "PLATFORM_TIMEOUT",
  );
});

test("a status on the way says nothing of the end, even where that has come meanwhile", () => {
  const payload = webhookPayload({
    session: { ...completed, status: "PARTIAL_COMPLETE", reason_code: "ATTESTATION_FAILED" },
    status: "READY",
    seq: 4,
    extractedData,
    proofHash: "ab".repeat(32),
  });
  expect(webhookPayloadSchema.parse(payload)).toEqual(payload);
  expect(payload).toEqual({
    sessionId: completed.id,
    status: "READY",
    externalReferenceId: "user_abc123",
    extractedData: null,
    completedAt: null,
    event: "session.ready",
    platformId: 7,
    createdAt: "2026-03-24T12:00:00.000Z",
    seq: 4,
    metadata: { cart: 5 },
  });
});

test("an event tells of one status; a test's tells of none", () => {
  for (const status of sessionStatuses) if (status !== "CREATED") expect(statusOf(webhookEvents[status])).toBe(status);
  expect(statusOf(testEvent)).toBeUndefined();
});

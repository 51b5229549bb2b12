import { expect, test } from "vitest";
import { terminalStatuses, type TerminalStatus } from "@attestream/shared";
import { webhookPayloadSchema } from "@attestream/shared/partner-api";
import type { SessionRow } from "../storage/schema.ts";
import { webhookPayload } from "./webhook-payload.ts";

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
  expect(webhookPayload({ session: completed, extractedData, proofHash: "ab".repeat(32) })).toEqual({
    sessionId: completed.id,
    status: "COMPLETED",
    externalReferenceId: "user_abc123",
    extractedData,
    completedAt: "2026-03-24T12:05:00.000Z",
    event: "session.completed",
    platformId: 7,
    createdAt: "2026-03-24T12:00:00.000Z",
    proofHash: "ab".repeat(32),
    metadata: { cart: 5 },
  });
});

test("what was not given is absent, not empty", () => {
  const session = { ...completed, external_reference_id: null, metadata: null };
  expect(Object.keys(webhookPayload({ session, extractedData, proofHash: null }))).toEqual([
    "sessionId",
    "status",
    "extractedData",
    "completedAt",
    "event",
    "platformId",
    "createdAt",
  ]);
});

test.each(terminalStatuses)("%s: data only where there is a result, reason in its place", (status: TerminalStatus) => {
  const reason = status === "COMPLETED" ? null : "PLATFORM_TIMEOUT";
  const payload = webhookPayload({
    session: { ...completed, status, reason_code: reason },
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

test("a session that goes on has no webhook", () => {
  expect(() =>
    webhookPayload({
      session: { ...completed, status: "RUNNING", completed_at: null },
      extractedData,
      proofHash: null,
    }),
  ).toThrow("has ended");
});

import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { verifyWebhook, WebhookVerificationError } from "./verify-webhook.ts";

const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const content = {
  sessionId: "0d3f1ab2-6c1e-4b8e-9a53-7f1f3f0a9e11",
  status: "COMPLETED",
  extractedData: { lastFourDigits: "1234" },
  completedAt: "2026-03-24T12:05:00.000Z",
  event: "session.completed",
  platformId: 1,
  createdAt: "2026-03-24T12:00:00.000Z",
};
const payload = JSON.stringify(content);

function signed(body: string, { at = new Date(), by = secret } = {}) {
  return {
    "webhook-id": "evt_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(by).sign("evt_1", at, body),
  };
}

describe("a webhook", () => {
  it("that we were sent is given back parsed, from text or bytes, with either kind of headers", () => {
    expect(verifyWebhook({ payload, headers: signed(payload), secret })).toEqual(content);
    expect(verifyWebhook({ payload: Buffer.from(payload), headers: new Headers(signed(payload)), secret })).toEqual(
      content,
    );
  });

  it("is accepted while the secret is being changed, when one of its signatures fits", () => {
    const headers = signed(payload);
    const other = signed(payload, { by: `whsec_${Buffer.alloc(24, 9).toString("base64")}` });
    const both = `${other["webhook-signature"]} ${headers["webhook-signature"]}`;
    expect(verifyWebhook({ payload, headers: { ...headers, "webhook-signature": both }, secret }).status).toBe(
      "COMPLETED",
    );
  });

  it("may tell more than this version knows, and give reasons it has never heard of", () => {
    const newer = JSON.stringify({ ...content, status: "ERROR", errorCode: "SOMETHING_NEW", more: 1 });
    expect(verifyWebhook({ payload: newer, headers: signed(newer), secret }).errorCode).toBe("SOMETHING_NEW");
  });

  it.each([
    ["altered", payload.replace("1234", "9999"), signed(payload)],
    ["signed with another secret", payload, signed(payload, { by: `whsec_${Buffer.alloc(24, 9).toString("base64")}` })],
    ["stale", payload, signed(payload, { at: new Date(Date.now() - 6 * 60_000) })],
    ["dated in the future", payload, signed(payload, { at: new Date(Date.now() + 6 * 60_000) })],
    ["given another id", payload, { ...signed(payload), "webhook-id": "evt_2" }],
    ["sent without headers", payload, {}],
    ["signed but something else", `{"hello":1}`, signed(`{"hello":1}`)],
    ["signed but not JSON", "hello", signed("hello")],
  ])("%s is refused", (_what, body, headers) => {
    expect(() => verifyWebhook({ payload: body, headers, secret })).toThrow(WebhookVerificationError);
  });
});

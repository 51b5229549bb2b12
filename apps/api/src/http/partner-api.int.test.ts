import {
  createdSessionSchema,
  errorEnvelopeSchema,
  platformListSchema,
  sessionListSchema,
  sessionSchema,
} from "@attestream/shared/partner-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, testKey, type TestApi } from "../test-support/start-test-api.ts";

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi({
    DEMO_PARTNER_API_KEY: "demo-partner-key-0123456789",
    WEBHOOK_DEV_HOSTS: "localhost:4001",
  });
});
afterAll(() => test[Symbol.asyncDispose]());

const create = (body: unknown, options = {}) => test.call("POST", "/partner/browser-session", { body, ...options });
const demo = { key: "demo-partner-key-0123456789" };

describe("the partner API", () => {
  it("lists platforms", async () => {
    const { status, body } = await test.call("GET", "/partner/browser-platforms");
    expect(status).toBe(200);
    expect(platformListSchema.parse(body.data)).toMatchObject([
      { name: "real-bank" },
      { name: "sample-bank", isActive: true, allowCustomUrl: false, description: null, icon: null },
    ]);
  });

  it("creates, gets and lists a session as documented", async () => {
    const created = await create({
      platformId: 1,
      expiresInHours: 24,
      webhookUrl: "https://example.com/hook",
      externalReferenceId: "user-1",
      receiverData: { name: "A" },
      surprise: 1,
    });
    expect(created.status).toBe(201);
    const { warnings, ...data } = createdSessionSchema.parse(created.body.data);
    expect(warnings).toEqual(['The field "surprise" is not known and was ignored.']);
    expect(data).toMatchObject({ status: "CREATED", platformId: 1, externalReferenceId: "user-1" });
    expect(new Date(data.expiresAt).getTime() - new Date(data.createdAt).getTime()).toBeCloseTo(24 * 3_600_000, -3);
    expect(data.embedUrl).toMatch(new RegExp(`/verify/${data.sessionId}\\?token=.+`));

    const got = await test.call("GET", `/partner/browser-session/${data.sessionId}`);
    const session = sessionSchema.parse(got.body.data);
    expect(session).toMatchObject({
      status: "CREATED",
      progress: 0,
      streamUrl: null,
      completedAt: null,
      errorCode: null,
      errorMessage: null,
      extractedData: null,
      platform: { id: 1 },
    });
    expect(session.embedUrl).not.toBe(data.embedUrl);
    expect(session).not.toHaveProperty("hasAttestation");

    const list = sessionListSchema.parse(
      (await test.call("GET", "/partner/browser-sessions?limit=1&status=CREATED")).body.data,
    );
    expect(list).toMatchObject({ limit: 1, offset: 0, sessions: [{ sessionId: data.sessionId }] });
    expect(list.total).toBeGreaterThanOrEqual(1);
  });

  it("leaves out what was not given", async () => {
    const { body } = await create({ platformId: 1 });
    expect(body.data).not.toHaveProperty("externalReferenceId");
    expect(body.data).not.toHaveProperty("warnings");
  });

  it("terminates once, and says so again", async () => {
    const id = await test.createSession();
    for (let time = 0; time < 2; time++) {
      const { status, body } = await test.call("POST", `/partner/browser-session/${id}/terminate`);
      expect(status).toBe(200);
      const session = sessionSchema.parse(body.data);
      expect(session).toMatchObject({
        status: "TERMINATED",
        statusReason: { code: "TERMINATED_BY_PARTNER" },
        errorCode: null,
      });
      expect(session.completedAt).not.toBeNull();
      expect(session.embedUrl).not.toContain("token");
    }
  });

  it.each([
    [{}, 400, "platformId"],
    [{ platformId: "1" }, 400, "platformId"],
    [{ platformId: 1, expiresInHours: 0 }, 400, "expiresInHours"],
    [{ platformId: 1, expiresInHours: 169 }, 400, "expiresInHours"],
    [{ platformId: 1, expiresInHours: 1.5 }, 400, "expiresInHours"],
    [{ platformId: 999 }, 400, "platformId"],
    [{ platformId: 1, webhookUrl: "http://example.com" }, 400, "webhookUrl"],
    [{ platformId: 1, webhookUrl: "https://127.0.0.1/x" }, 400, "webhookUrl"],
    [{ platformId: 1, webhookUrl: "https://localhost/x" }, 400, "webhookUrl"],
    [{ platformId: 1, webhookUrl: "https://bank.invalidtld/x" }, 400, "webhookUrl"],
    [{ platformId: 1, allowedOrigins: ["https://a.example/path"] }, 400, "allowedOrigins"],
    [{ platformId: 1, receiverData: "x" }, 400, "receiverData"],
    [[], 400, undefined],
  ])("refuses %j and names the field", async (body, status, param) => {
    const answer = await create(body);
    expect(answer.status).toBe(status);
    expect(errorEnvelopeSchema.parse(answer.body).error.param).toBe(param);
  });

  it("takes a webhook on a named development host", async () => {
    expect((await create({ platformId: 1, webhookUrl: "http://localhost:4001/hook" })).status).toBe(201);
  });

  it("lets a test key reach sandbox platforms only", async () => {
    expect((await create({ platformId: 2 }, demo)).status).toBe(201);
    const refused = await create({ platformId: 1 }, demo);
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({ code: "platform_needs_live_key", type: "permission" });
  });

  it("shows a partner nothing of another's", async () => {
    const id = await test.createSession();
    expect((await test.call("GET", `/partner/browser-session/${id}`, demo)).status).toBe(404);
    expect((await test.call("POST", `/partner/browser-session/${id}/terminate`, demo)).status).toBe(404);
    const { sessions } = sessionListSchema.parse(
      (await test.call("GET", "/partner/browser-sessions?limit=100", demo)).body.data,
    );
    expect(sessions.map(({ sessionId }) => sessionId)).not.toContain(id);
  });

  it.each([
    "/partner/browser-session/not-an-id",
    "/partner/browser-session/00000000-0000-4000-8000-000000000000",
    "/partner/nothing",
    "/nothing",
  ])("answers 404 for %s", async (path) => {
    const { status, body, headers } = await test.call("GET", path);
    expect(status).toBe(404);
    expect(errorEnvelopeSchema.parse(body).error.requestId).toBe(headers.get("x-request-id"));
  });

  it.each([
    ["none", { key: null }, "api_key_missing"],
    ["an unknown one", { key: "an-unknown-key-of-enough-length" }, "api_key_invalid"],
    ["a typo", { key: "as_test_12345678_" + "x".repeat(49) }, "api_key_invalid"],
  ])("answers 401 for a key: %s", async (_, options, code) => {
    const { status, body } = await test.call("GET", "/partner/browser-sessions", options);
    expect(status).toBe(401);
    expect(body.error).toMatchObject({ code, type: "authentication" });
  });

  it("takes the key as a bearer token too", async () => {
    expect(
      (
        await test.call("GET", "/partner/browser-platforms", {
          key: null,
          headers: { authorization: `Bearer ${testKey}` },
        })
      ).status,
    ).toBe(200);
  });

  it.each([
    ["not JSON", { raw: "{" }, 400, "invalid_json"],
    [
      "another type",
      { raw: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
      415,
      "unsupported_media_type",
    ],
    [
      "more than 32 KiB",
      { raw: JSON.stringify({ platformId: 1, receiverData: { x: "y".repeat(33_000) } }) },
      413,
      "body_too_large",
    ],
    [
      "15,000 levels",
      { raw: `{"platformId":1,"receiverData":${"[".repeat(15_000)}${"]".repeat(15_000)}}` },
      400,
      "invalid_request",
    ],
    [
      "a bad charset",
      { raw: "{}", headers: { "content-type": "application/json; charset=x-nonsense" } },
      415,
      "unsupported_media_type",
    ],
  ])("refuses a body: %s", async (_, options, status, code) => {
    const answer = await test.call("POST", "/partner/browser-session", options);
    expect(answer.status).toBe(status);
    expect(errorEnvelopeSchema.parse(answer.body).error).toMatchObject({
      code,
      docUrl: expect.stringContaining(`/docs/errors#${code}`),
    });
  });

  it.each(["limit=0", "limit=101", "limit=x", "offset=-1", "status=DONE"])("refuses a list with %s", async (query) => {
    expect((await test.call("GET", `/partner/browser-sessions?${query}`)).status).toBe(400);
  });

  it("answers health checks, and sets security headers", async () => {
    expect((await test.call("GET", "/healthz", { key: null })).status).toBe(200);
    const ready = await test.call("GET", "/readyz", { key: null });
    expect(ready.status).toBe(200);
    expect(ready.headers.get("x-powered-by")).toBeNull();
    expect(ready.headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("rate limits", () => {
  it("count creates per key, tell so in headers, and say when to come back", async () => {
    await using own = await startTestApi({ DEMO_PARTNER_API_KEY: demo.key });
    let last = await own.call("POST", "/partner/browser-session", { body: { platformId: 2 } });
    expect(last.headers.get("ratelimit")).toMatch(/^"creates";r=29;t=\d+$/);
    for (let time = 0; time < 30; time++)
      last = await own.call("POST", "/partner/browser-session", { body: { platformId: 2 } });
    expect(last.status).toBe(429);
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(last.headers.get("ratelimit-policy")).toBe('"creates";q=30;w=60');
    expect(last.body.error).toMatchObject({ code: "rate_limited", retriable: true });
    // Another key has a count of its own; other routes have the greater limit.
    expect((await own.call("POST", "/partner/browser-session", { body: { platformId: 2 }, ...demo })).status).toBe(201);
    let reads = 0;
    while (reads < 130 && (last = await own.call("GET", "/partner/browser-platforms")).status === 200) reads++;
    expect(last.status).toBe(429);
    expect(reads).toBe(120 - 31);
  });
});

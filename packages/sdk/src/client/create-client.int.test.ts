import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { AttestreamError } from "./attestream-error.ts";
import { createClient } from "./create-client.ts";

const sessionId = "0d3f1ab2-6c1e-4b8e-9a53-7f1f3f0a9e11";
const session = {
  sessionId,
  status: "RUNNING",
  progress: 40,
  embedUrl: `http://localhost:4000/verify/${sessionId}?token=t`,
  streamUrl: null,
  platformId: 1,
  platform: {
    id: 1,
    name: "demo-bank",
    displayName: "Demo Bank",
    icon: null,
    loginUrl: "https://bank.demo.test/login",
  },
  expiresAt: "2026-03-25T12:00:00.000Z",
  createdAt: "2026-03-24T12:00:00.000Z",
  completedAt: null,
  errorMessage: null,
  errorCode: null,
  extractedData: null,
};

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

let server: Server | undefined;

/** A server that gives these answers in turn and repeats the last. */
async function serve(...answers: Answer[]): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    const answer = answers[Math.min(seen.length, answers.length) - 1];
    response.writeHead(answer?.status ?? 200, { "content-type": "application/json", ...answer?.headers });
    response.end(typeof answer?.body === "string" ? answer.body : JSON.stringify(answer?.body));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
});

const success = (data: unknown): Answer => ({ body: { status: "success", data } });
const failure = (status: number, error: Record<string, unknown>, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: {
    status: "error",
    error: {
      type: "rate_limited",
      code: "rate_limited",
      message: "Later.",
      retriable: true,
      requestId: "req_1",
      docUrl: "https://x.example",
      ...error,
    },
  },
});

describe("the client", () => {
  it("creates a session with the key in its header and the body as given", async () => {
    const created = {
      sessionId,
      status: "CREATED",
      embedUrl: session.embedUrl,
      platformId: 1,
      expiresAt: session.expiresAt,
      createdAt: session.createdAt,
    };
    const { baseUrl, seen } = await serve(success(created));
    const client = createClient({ baseUrl, apiKey: "as_test_key" });
    expect(await client.createSession({ platformId: 1, nonce: "n" }, { idempotencyKey: "order-1" })).toEqual(created);
    expect(seen[0]).toMatchObject({
      method: "POST",
      url: "/partner/browser-session",
      body: `{"platformId":1,"nonce":"n"}`,
    });
    expect(seen[0]?.headers).toMatchObject({
      "x-api-key": "as_test_key",
      "content-type": "application/json",
      "idempotency-key": "order-1",
    });
  });

  it("works below a path, and sends only the list filters that are set", async () => {
    const { baseUrl, seen } = await serve(success({ sessions: [], total: 0, limit: 5, offset: 0 }));
    await createClient({ baseUrl: `${baseUrl}/attest/`, apiKey: "k" }).listSessions({ status: "ERROR", limit: 5 });
    expect(seen[0]?.url).toBe("/attest/partner/browser-sessions?status=ERROR&limit=5");
  });

  it("reads a page of a session's log, with events it does not know", async () => {
    const events = [{ seq: 3, type: "brand.new", status: "RUNNING", at: session.createdAt, code: "BRAND_NEW" }];
    const { baseUrl, seen } = await serve(success({ sessionId, events, hasMore: false }));
    const log = await createClient({ baseUrl, apiKey: "k" }).sessionEvents(sessionId, { after: 2 });
    expect(log.events).toEqual(events);
    expect(seen[0]?.url).toBe(`/partner/browser-session/${sessionId}/events?after=2`);
  });

  it("asks for deliveries, replays and tests", async () => {
    const delivery = {
      id: "msg_1",
      sessionId: null,
      event: "webhook.test",
      url: "https://shop.example.com/hook",
      state: "pending",
      attempts: 0,
      replays: 0,
      nextAttemptAt: session.createdAt,
      lastStatus: null,
      lastError: null,
      createdAt: session.createdAt,
      deliveredAt: null,
    };
    const { baseUrl, seen } = await serve(
      success({ deliveries: [delivery], total: 1, limit: 20, offset: 0 }),
      success({ ...delivery, attemptLog: [] }),
    );
    const client = createClient({ baseUrl, apiKey: "k" });
    expect((await client.webhookDeliveries({ state: "failed", sessionId })).deliveries).toEqual([delivery]);
    await client.webhookDelivery("msg_1");
    await client.replayWebhook("msg_1");
    expect(await client.testWebhook("https://shop.example.com/hook")).toEqual(delivery);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET /partner/webhook-deliveries?state=failed&sessionId=${sessionId}`,
      "GET /partner/webhook-deliveries/msg_1",
      "POST /partner/webhook-deliveries/msg_1/replay",
      "POST /partner/webhook-test",
    ]);
    expect(seen[3]?.body).toBe(`{"webhookUrl":"https://shop.example.com/hook"}`);
  });

  it("rotates key and webhook secret with the overlap asked for", async () => {
    const secrets = [{ fingerprint: "0123456789ab", expiresAt: null }];
    const rotated = {
      apiKey: "as_test_new",
      prefix: "as_test_",
      mode: "test",
      createdAt: session.createdAt,
      previous: { prefix: "as_test_", expiresAt: session.expiresAt },
    };
    const { baseUrl, seen } = await serve(
      success(rotated),
      success({ webhookSecret: "whsec_new", secrets }),
      success({ secrets }),
    );
    const client = createClient({ baseUrl, apiKey: "k" });
    expect(await client.rotateApiKey({ overlapHours: 1 })).toEqual(rotated);
    expect((await client.rotateWebhookSecret()).webhookSecret).toBe("whsec_new");
    expect((await client.webhookSecrets()).secrets).toEqual(secrets);
    expect(seen.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'POST /partner/api-keys/rotate {"overlapHours":1}',
      "POST /partner/webhook-secrets/rotate {}",
      "GET /partner/webhook-secrets ",
    ]);
  });

  it("erases a session's data", async () => {
    const erasure = { sessionId, erasedAt: session.createdAt, receipt: "a.b.c" };
    const { baseUrl, seen } = await serve(success(erasure));
    expect(await createClient({ baseUrl, apiKey: "k" }).eraseData(sessionId)).toEqual(erasure);
    expect(seen[0]).toMatchObject({ method: "DELETE", url: `/partner/browser-session/${sessionId}/data`, body: "" });
  });

  it("reads what a newer server adds, and reasons it does not know", async () => {
    const { baseUrl } = await serve(
      success({
        ...session,
        status: "ERROR",
        errorCode: "BRAND_NEW",
        errorMessage: "New.",
        added: 1,
        platform: { ...session.platform, added: 2 },
      }),
    );
    const read = await createClient({ baseUrl, apiKey: "k" }).getSession(sessionId);
    expect(read).toMatchObject({ status: "ERROR", errorCode: "BRAND_NEW" });
    expect(read).not.toHaveProperty("added");
  });

  it("turns an error answer into an AttestreamError with its facts", async () => {
    const { baseUrl } = await serve(failure(429, { param: "limit" }, { "retry-after": "7" }));
    const error: unknown = await createClient({ baseUrl, apiKey: "k" })
      .platforms()
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AttestreamError);
    expect(error).toMatchObject({
      status: 429,
      code: "rate_limited",
      param: "limit",
      requestId: "req_1",
      retriable: true,
      retryAfter: 7,
      message: "Later.",
    });
  });

  it.each([
    ["a page instead of JSON", { body: "<html>" }],
    ["a session without a status", success({ ...session, status: undefined })],
    ["a proxy's error page", { status: 502, body: "bad gateway" }],
  ])("does not believe %s", async (_what, answer) => {
    const { baseUrl } = await serve(answer);
    await expect(createClient({ baseUrl, apiKey: "k" }).getSession(sessionId)).rejects.toMatchObject({
      code: "unexpected_answer",
    });
  });

  it("reads the issuer's keys, and does not take another document for them", async () => {
    const keys = { keys: [{ kid: "1" }] };
    const { baseUrl } = await serve({ body: keys }, { body: { hello: 1 } });
    const client = createClient({ baseUrl, apiKey: "k" });
    expect(await client.issuerKeys()).toEqual(keys);
    await expect(client.issuerKeys()).rejects.toMatchObject({ code: "unexpected_answer" });
  });

  it("does not follow a redirect with the key", async () => {
    const { baseUrl, seen } = await serve({ status: 302, headers: { location: "/elsewhere" }, body: "" });
    await expect(createClient({ baseUrl, apiKey: "k" }).platforms()).rejects.toMatchObject({ code: "unreachable" });
    expect(seen).toHaveLength(1);
  });

  it("says when nobody answers, and refuses an address that cannot be one", async () => {
    const { baseUrl } = await serve(success([]));
    await new Promise((resolve) => server?.close(resolve));
    await expect(createClient({ baseUrl, apiKey: "k" }).platforms()).rejects.toMatchObject({
      type: "connection",
      code: "unreachable",
      retriable: true,
    });
    expect(() => createClient({ baseUrl: "verify.example.com", apiKey: "k" })).toThrow("baseUrl must be");
    expect(() => createClient({ baseUrl, apiKey: "" })).toThrow("apiKey is empty");
  });

  it("waits for the end of a session, through passing trouble and as long as the server asks", async () => {
    const { baseUrl } = await serve(
      success(session),
      failure(429, {}, { "retry-after": "9" }),
      success({ ...session, status: "COMPLETED", progress: 100 }),
    );
    const pauses: number[] = [];
    const client = createClient({ baseUrl, apiKey: "k", wait: async (ms) => void pauses.push(ms) });
    expect((await client.waitForCompletion(sessionId, { everyMs: 10 })).status).toBe("COMPLETED");
    expect(pauses).toEqual([10, 9_000]);
  });

  it("stops waiting when told to, and at an error that will not pass", async () => {
    const { baseUrl } = await serve(success(session));
    const stop = new AbortController();
    const client = createClient({ baseUrl, apiKey: "k" });
    const waiting = client.waitForCompletion(sessionId, { everyMs: 60_000, signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    const gone = createClient({
      baseUrl,
      apiKey: "k",
      fetch: async () =>
        Response.json(failure(404, { type: "not_found", code: "session_not_found", retriable: false }).body, {
          status: 404,
        }),
    });
    await expect(gone.waitForCompletion(sessionId)).rejects.toMatchObject({ code: "session_not_found" });
  });
});

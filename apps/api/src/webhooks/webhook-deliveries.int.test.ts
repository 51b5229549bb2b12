import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import {
  errorEnvelopeSchema,
  webhookDeliveryDetailSchema,
  webhookDeliveryListSchema,
  webhookDeliverySchema,
  webhookPayloadSchema,
  type WebhookDelivery,
} from "@attestream/shared/partner-api";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { replaysKept } from "./record-attempt.ts";
import { maxReplayed } from "./replay-deliveries.ts";

const demo = "demo-partner-key-0123456789";
const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let test: TestApi;
let status = 204;
let received: { headers: IncomingHttpHeaders; body: string }[] = [];
let hook: string;
const receiver = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    received.push({ headers: request.headers, body });
    // A retry must not come into a later test.
    if (request.url === "/hook/later") response.writeHead(503, { "retry-after": "3600" }).end();
    else response.writeHead(status).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  hook = `http://127.0.0.1:${port}/hook`;
  test = await startTestApi({
    DEMO_PARTNER_API_KEY: demo,
    DEMO_PARTNER_WEBHOOK_SECRET: secret,
    WEBHOOK_DEV_HOSTS: `127.0.0.1:${port}`,
    // These tests ask often.
    RATE_LIMIT_REQUESTS: "100000",
    RATE_LIMIT_WEBHOOKS: "1000",
  });
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await new Promise((resolve) => receiver.close(resolve));
});
beforeEach(() => {
  status = 204;
  received = [];
});

const call = (method: string, path: string, body?: unknown) =>
  test.call(method, path, { key: demo, ...(body === undefined ? {} : { body }) });

/** Ends a session; its delivery once it has been tried. */
async function deliver(webhookUrl = hook): Promise<WebhookDelivery> {
  return settled(`?sessionId=${await ended(webhookUrl)}`);
}

async function ended(webhookUrl: string): Promise<string> {
  const created = await call("POST", "/partner/browser-session", { platformId: 2, webhookUrl });
  const id = String(created.body.data?.["sessionId"]);
  await call("POST", `/partner/browser-session/${id}/terminate`);
  return id;
}

const isOver = ({ state }: WebhookDelivery) => state !== "pending";

async function list(query: string) {
  const { status: answered, body } = await call("GET", `/partner/webhook-deliveries${query}`);
  expect(answered).toBe(200);
  return webhookDeliveryListSchema.parse(body.data);
}

async function settled(query: string, isSo = (row: WebhookDelivery) => row.attempts > 0): Promise<WebhookDelivery> {
  for (;;) {
    const [delivery] = (await list(query)).deliveries;
    if (delivery && isSo(delivery)) return delivery;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("webhook deliveries", () => {
  it("are listed with what came of them, and filtered", async () => {
    const delivery = await deliver();
    expect(delivery).toMatchObject({
      event: "session.terminated",
      url: hook,
      state: "delivered",
      attempts: 1,
      replays: 0,
      nextAttemptAt: null,
      lastStatus: 204,
      lastError: null,
    });
    const one = `sessionId=${delivery.sessionId}`;
    expect((await list(`?${one}&state=delivered&event=session.terminated&limit=1`)).total).toBe(1);
    for (const none of [
      "state=failed",
      "event=session.completed",
      "to=2020-01-01T00:00:00Z",
      "from=2100-01-01T00:00:00Z",
    ])
      expect(await list(`?${one}&${none}`)).toMatchObject({ deliveries: [], total: 0 });
    expect((await list(`?${one}&offset=1`)).deliveries).toEqual([]);
    const got = await call("GET", `/partner/webhook-deliveries/${delivery.id}`);
    expect(webhookDeliveryDetailSchema.parse(got.body.data)).toMatchObject(delivery);
  });

  it("are replayed under the same id", async () => {
    const delivery = await deliver();
    const answer = await call("POST", `/partner/webhook-deliveries/${delivery.id}/replay`);
    expect(answer.status).toBe(202);
    expect(webhookDeliverySchema.parse(answer.body.data)).toMatchObject({ state: "pending", attempts: 0, replays: 1 });
    const again = await settled(`?sessionId=${delivery.sessionId}`);
    expect(again).toMatchObject({ id: delivery.id, state: "delivered", attempts: 1, replays: 1 });
    expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([delivery.id, delivery.id]);
    expect(received[1]?.body).toBe(received[0]?.body);
  });

  it("are not replayed while they are under way", async () => {
    const delivery = await deliver(`${hook}/later`);
    expect(delivery).toMatchObject({ state: "pending", lastStatus: 503, lastError: "status_not_2xx" });
    expect(delivery.nextAttemptAt).not.toBeNull();
    const { status: answered, body } = await call("POST", `/partner/webhook-deliveries/${delivery.id}/replay`);
    expect(answered).toBe(409);
    expect(errorEnvelopeSchema.parse(body).error.code).toBe("delivery_pending");
  });

  it("are nobody else's", async () => {
    const delivery = await deliver();
    const path = `/partner/webhook-deliveries/${delivery.id}`;
    for (const [method, target] of [
      ["GET", path],
      ["POST", `${path}/replay`],
      ["GET", "/partner/webhook-deliveries/msg_none"],
      ["POST", "/partner/webhook-deliveries/%00/replay"],
    ] as const) {
      const { status: answered, body } = await test.call(method, target);
      expect([answered, errorEnvelopeSchema.parse(body).error.code]).toEqual([404, "delivery_not_found"]);
    }
    const others = webhookDeliveryListSchema.parse(
      (await test.call("GET", `/partner/webhook-deliveries?sessionId=${delivery.sessionId}`)).body.data,
    );
    expect(others.total).toBe(0);
    expect(received).toHaveLength(1);
  });

  it.each(["limit=0", "limit=101", "offset=-1", "state=done", "sessionId=x", "event=%00", "from=yesterday"])(
    "are not listed with %s",
    async (query) => {
      const { status: answered, body } = await call("GET", `/partner/webhook-deliveries?${query}`);
      expect(answered).toBe(400);
      expect(errorEnvelopeSchema.parse(body).error.param).toBe(query.split("=")[0]);
    },
  );
});

/** A test delivery that arrives. */
async function arrivesAgain(webhookUrl: string): Promise<void> {
  const answer = await call("POST", "/partner/webhook-test", { webhookUrl });
  const { id } = webhookDeliverySchema.parse(answer.body.data);
  expect(await settled("?event=webhook.test&limit=1")).toMatchObject({ id, state: "delivered" });
}

describe("an address that answers 410", () => {
  it("gets nothing more until a test arrives there", async () => {
    const url = `${hook}/moved`;
    status = 410;
    const first = await deliver(url);
    expect(first).toMatchObject({ state: "failed", attempts: 1, lastStatus: 410, lastError: "gone" });
    status = 204;
    received = [];
    // However it is written.
    const second = await settled(`?sessionId=${await ended(url.replace("http:", "HTTP:"))}`, isOver);
    expect(second).toMatchObject({ state: "failed", attempts: 0, lastStatus: null, lastError: "endpoint_disabled" });
    for (const { id } of [first, second]) {
      const refused = await call("POST", `/partner/webhook-deliveries/${id}/replay`);
      expect([refused.status, errorEnvelopeSchema.parse(refused.body).error.code]).toEqual([
        409,
        "webhook_endpoint_disabled",
      ]);
    }
    const range = { from: first.createdAt, to: new Date(Date.parse(second.createdAt) + 1).toISOString() };
    const replayed = await call("POST", "/partner/webhook-deliveries/replay", range);
    expect(replayed.body.data).toEqual({ queued: 0, endpointDisabled: 2, nextFrom: null });
    expect(received).toEqual([]);
    // Others go on.
    expect(await deliver()).toMatchObject({ state: "delivered" });

    await arrivesAgain(url);
    expect(await deliver(url)).toMatchObject({ state: "delivered" });
    const again = await call("POST", "/partner/webhook-deliveries/replay", range);
    expect(again.body.data).toMatchObject({ queued: 2, endpointDisabled: 0 });
    for (const { sessionId } of [first, second])
      expect(await settled(`?sessionId=${sessionId}`)).toMatchObject({ state: "delivered", replays: 1 });
  });

  it("stays so when the test fails", async () => {
    const url = `${hook}/moved-for-good`;
    status = 410;
    await deliver(url);
    status = 500;
    await call("POST", "/partner/webhook-test", { webhookUrl: url });
    await settled("?event=webhook.test&limit=1");
    status = 204;
    expect(await settled(`?sessionId=${await ended(url)}`, isOver)).toMatchObject({ lastError: "endpoint_disabled" });
  });

  it("is another partner's to use", async () => {
    const url = `${hook}/shared`;
    status = 410;
    await deliver(url);
    status = 204;
    received = [];
    await test.call("POST", "/partner/webhook-test", { body: { webhookUrl: url } });
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    // That was the other's: it changes nothing for this one.
    expect(await settled(`?sessionId=${await ended(url)}`, isOver)).toMatchObject({ lastError: "endpoint_disabled" });
  });
});

describe("the attempts of a delivery", () => {
  const detail = async (id: string) => {
    const { body } = await call("GET", `/partner/webhook-deliveries/${id}`);
    return webhookDeliveryDetailSchema.parse(body.data);
  };

  it("are told with time and outcome, and nothing of what was answered", async () => {
    status = 410;
    const { id } = await deliver(`${hook}/once`);
    status = 204;
    await arrivesAgain(`${hook}/once`);
    await call("POST", `/partner/webhook-deliveries/${id}/replay`);
    for (; (await detail(id)).state === "pending";) await new Promise((resolve) => setTimeout(resolve, 50));
    const { attemptLog, createdAt } = await detail(id);
    expect(attemptLog).toMatchObject([
      { replay: 0, number: 1, status: 410, error: "gone" },
      { replay: 1, number: 1, status: 204, error: null },
    ]);
    for (const { startedAt } of attemptLog) expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(Date.parse(createdAt));
  });

  it("are kept of the last replays", async () => {
    const { id, sessionId } = await deliver();
    for (let replay = 1; replay <= replaysKept; replay++) {
      await call("POST", `/partner/webhook-deliveries/${id}/replay`);
      await settled(`?sessionId=${sessionId}`, (row) => row.replays === replay && row.attempts > 0);
    }
    expect((await detail(id)).attemptLog.map(({ replay }) => replay)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("deliveries of a time", () => {
  const replay = (body: unknown) => call("POST", "/partner/webhook-deliveries/replay", body);
  /** From before the first to after the last. */
  const around = (first: WebhookDelivery, last: WebhookDelivery) => ({
    from: first.createdAt,
    to: new Date(Date.parse(last.createdAt) + 1).toISOString(),
  });

  it("are replayed, each under its id; those under way and tests are left alone", async () => {
    const first = await deliver();
    status = 410;
    const failed = await deliver(`${hook}/gone`);
    const pending = await deliver(`${hook}/later`);
    status = 204;
    await arrivesAgain(`${hook}/gone`);
    const last = await deliver();
    received = [];

    const answer = await replay(around(first, last));
    expect(answer).toMatchObject({ status: 202, body: { data: { queued: 3, endpointDisabled: 0, nextFrom: null } } });
    for (const { sessionId } of [first, failed, last])
      expect(await settled(`?sessionId=${sessionId}`)).toMatchObject({ replays: 1, state: "delivered" });
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(
      new Set([first.id, failed.id, last.id]),
    );
    expect(await settled(`?sessionId=${pending.sessionId}`)).toMatchObject({ replays: 0, attempts: 1 });
  });

  it("can be those that failed only", async () => {
    const first = await deliver();
    status = 410;
    const failed = await deliver(`${hook}/gone-too`);
    status = 204;
    await arrivesAgain(`${hook}/gone-too`);
    expect((await replay({ ...around(first, failed), state: "failed" })).body.data).toEqual({
      queued: 1,
      endpointDisabled: 0,
      nextFrom: null,
    });
    expect(await settled(`?sessionId=${failed.sessionId}`)).toMatchObject({ replays: 1, state: "delivered" });
    expect(await settled(`?sessionId=${first.sessionId}`)).toMatchObject({ replays: 0 });
  });

  it("are nobody else's", async () => {
    const delivery = await deliver();
    const answer = await test.call("POST", "/partner/webhook-deliveries/replay", { body: around(delivery, delivery) });
    expect(answer.body.data).toEqual({ queued: 0, endpointDisabled: 0, nextFrom: null });
    expect(await settled(`?sessionId=${delivery.sessionId}`)).toMatchObject({ replays: 0 });
  });

  it("more than one request may replay are gone through from nextFrom to nextFrom", async () => {
    // So that nothing has to be sent: the address is disabled.
    status = 410;
    const { sessionId } = await deliver(`${hook}/old`);
    const { db } = test.api.database;
    const row = await db
      .selectFrom("webhook_deliveries")
      .selectAll()
      .where("session_id", "=", sessionId)
      .executeTakeFirstOrThrow();
    const start = Date.parse("2020-01-01T00:00:00Z");
    await db
      .insertInto("webhook_deliveries")
      .values(
        Array.from({ length: maxReplayed + 1 }, (_one, index) => ({
          ...row,
          id: `msg_old_${index}`,
          session_seq: null,
          event: "session.ready",
          created_at: new Date(start + index),
        })),
      )
      .execute();
    const all = { from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z" };
    const answer = await replay(all);
    const nextFrom = new Date(start + maxReplayed).toISOString();
    expect(answer.body.data).toEqual({ queued: 0, endpointDisabled: maxReplayed, nextFrom });
    const rest = await replay({ ...all, from: nextFrom });
    expect(rest.body.data).toEqual({ queued: 0, endpointDisabled: 1, nextFrom: null });
  });

  it.each([
    [{ to: "2026-01-01T00:00:00Z" }, "from"],
    [{ from: "2026-01-01T00:00:00Z" }, "to"],
    [{ from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" }, "to"],
    [{ from: "yesterday", to: "2026-01-01T00:00:00Z" }, "from"],
    [{ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", state: "pending" }, "state"],
    [{ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", sate: "failed" }, undefined],
  ])("are not replayed for %j", async (body, param) => {
    const { status: answered, body: refusal } = await replay(body);
    expect([answered, errorEnvelopeSchema.parse(refusal).error.param]).toEqual([400, param]);
  });
});

describe("a test delivery", () => {
  it("is signed and has the form of any other", async () => {
    const answer = await call("POST", "/partner/webhook-test", { webhookUrl: hook });
    expect(answer.status).toBe(202);
    const { id } = webhookDeliverySchema.parse(answer.body.data);
    const row = await settled("?event=webhook.test&limit=1");
    expect(row).toMatchObject({ id, sessionId: null, state: "delivered", lastStatus: 204 });
    const [request] = received;
    const headers = Object.fromEntries(Object.entries(request?.headers ?? {}).map(([k, v]) => [k, String(v)]));
    expect(() => new Webhook(secret).verify(request?.body ?? "", headers)).not.toThrow();
    expect(webhookPayloadSchema.parse(JSON.parse(request?.body ?? ""))).toMatchObject({ event: "webhook.test" });
  });

  it("is tried once only", async () => {
    status = 503;
    await call("POST", "/partner/webhook-test", { webhookUrl: hook });
    expect(await settled("?event=webhook.test&limit=1")).toMatchObject({
      state: "failed",
      attempts: 1,
      lastStatus: 503,
      nextAttemptAt: null,
    });
  });

  it.each([{}, { webhookUrl: "http://127.0.0.1:1/" }, { webhookUrl: "https://10.0.0.1/" }, { webhookUrl: 1 }])(
    "goes nowhere with %j",
    async (body) => {
      const { status: answered, body: refusal } = await call("POST", "/partner/webhook-test", body);
      expect(answered).toBe(400);
      expect(errorEnvelopeSchema.parse(refusal).error.param).toBe("webhookUrl");
    },
  );
});

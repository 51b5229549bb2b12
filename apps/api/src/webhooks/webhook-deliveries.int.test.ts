import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import {
  errorEnvelopeSchema,
  webhookDeliveryListSchema,
  webhookDeliverySchema,
  webhookPayloadSchema,
  type WebhookDelivery,
} from "@attestream/shared/partner-api";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
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
    response.writeHead(status).end();
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

/** Ends a session; its delivery once that is no longer pending. */
async function deliver(webhookUrl = hook): Promise<WebhookDelivery> {
  const created = await call("POST", "/partner/browser-session", { platformId: 2, webhookUrl });
  const id = String(created.body.data?.["sessionId"]);
  await call("POST", `/partner/browser-session/${id}/terminate`);
  return settled(`?sessionId=${id}`);
}

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
    expect(webhookDeliverySchema.parse(got.body.data)).toEqual(delivery);
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
    status = 500;
    const delivery = await deliver();
    expect(delivery).toMatchObject({ state: "pending", lastStatus: 500, lastError: "status_not_2xx" });
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
    status = 503;
    const pending = await deliver(`${hook}/pending`);
    await call("POST", "/partner/webhook-test", { webhookUrl: hook });
    await settled("?event=webhook.test&limit=1");
    status = 204;
    const last = await deliver();
    received = [];

    const answer = await replay(around(first, last));
    expect(answer).toMatchObject({ status: 202, body: { data: { queued: 3, nextFrom: null } } });
    for (const { sessionId } of [first, failed, last])
      expect(await settled(`?sessionId=${sessionId}`)).toMatchObject({ replays: 1, state: "delivered" });
    expect(received.map(({ headers }) => headers["webhook-id"]).toSorted()).toEqual(
      [first.id, failed.id, last.id].toSorted(),
    );
    expect(await settled(`?sessionId=${pending.sessionId}`)).toMatchObject({ replays: 0, attempts: 1 });
  });

  it("can be those that failed only", async () => {
    const first = await deliver();
    status = 410;
    const failed = await deliver(`${hook}/gone-too`);
    status = 204;
    expect((await replay({ ...around(first, failed), state: "failed" })).body.data).toEqual({
      queued: 1,
      nextFrom: null,
    });
    expect(await settled(`?sessionId=${failed.sessionId}`)).toMatchObject({ replays: 1, state: "delivered" });
    expect(await settled(`?sessionId=${first.sessionId}`)).toMatchObject({ replays: 0 });
  });

  it("are nobody else's", async () => {
    const delivery = await deliver();
    const answer = await test.call("POST", "/partner/webhook-deliveries/replay", { body: around(delivery, delivery) });
    expect(answer.body.data).toEqual({ queued: 0, nextFrom: null });
    expect(await settled(`?sessionId=${delivery.sessionId}`)).toMatchObject({ replays: 0 });
  });

  it("more than one request may replay are gone through from nextFrom to nextFrom", async () => {
    const { sessionId } = await deliver();
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
          event: `session.old_${index}`,
          created_at: new Date(start + index),
          // Nobody is there.
          url: "https://127.0.0.1/",
        })),
      )
      .execute();
    const all = { from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z", state: "delivered" };
    const answer = await replay(all);
    const nextFrom = new Date(start + maxReplayed).toISOString();
    expect(answer.body.data).toEqual({ queued: maxReplayed, nextFrom });
    expect((await replay({ ...all, from: nextFrom })).body.data).toEqual({ queued: 1, nextFrom: null });
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

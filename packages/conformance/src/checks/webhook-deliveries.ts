import { createSession, need, type Check, type CheckContext } from "../check.ts";
import { expectRefusal, expectShape, expectSuccess, expectThat, show, type Fields, type Shape } from "../expect.ts";

const section = "Webhook deliveries";
const path = "/partner/webhook-deliveries";
const deliveryShape: Shape = {
  id: "string",
  sessionId: "uuid|null",
  event: "string",
  url: "string",
  state: "string",
  attempts: "integer",
  replays: "integer",
  nextAttemptAt: "time|null",
  lastStatus: "integer|null",
  lastError: "string|null",
  createdAt: "time",
  deliveredAt: "time|null",
};
const attemptShape: Shape = {
  replay: "integer",
  number: "integer",
  startedAt: "time",
  durationMs: "integer",
  status: "integer|null",
  error: "string|null",
};

const day = { from: "2000-01-01T00:00:00Z", to: "2000-01-02T00:00:00Z" };
const refusedRanges: [what: string, body: Fields, param?: string][] = [
  ["without from", { to: day.to }, "from"],
  ["without to", { from: day.from }, "to"],
  ["from what is not a time", { ...day, from: "yesterday" }, "from"],
  ["that ends before it begins", { from: day.to, to: day.from }, "to"],
  ["of what is still pending", { ...day, state: "pending" }, "state"],
  ["with a field that is not known", { ...day, sate: "failed" }],
];

async function deliveriesOf(context: CheckContext, sessionId: string): Promise<Fields[]> {
  const answer = await context.call("GET", `${path}?sessionId=${sessionId}`);
  return expectShape(
    expectSuccess(answer),
    { deliveries: "array", total: "integer", limit: "integer", offset: "integer" },
    "list",
  )["deliveries"] as Fields[];
}

/** A session that has ended and whose webhook has arrived. */
async function delivered(context: CheckContext): Promise<Fields> {
  const inbox = need(context.inbox, "an address for webhooks");
  const { sessionId } = await createSession(context, { webhookUrl: inbox.url });
  expectSuccess(await context.call("POST", `/partner/browser-session/${sessionId}/terminate`));
  await inbox.first(sessionId);
  return settled(context, sessionId);
}

async function settled(context: CheckContext, sessionId: string): Promise<Fields> {
  for (;;) {
    const [delivery] = await deliveriesOf(context, sessionId);
    if (delivery && delivery["state"] !== "pending") return delivery;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export const webhookDeliveryChecks: Check[] = [
  {
    section,
    rule: "one that has arrived is listed with every field, and its attempt with time and status",
    async run(context) {
      const delivery = expectShape(await delivered(context), deliveryShape, "delivery");
      expectThat(delivery["state"] === "delivered", `state is ${show(delivery["state"])}`);
      const answer = await context.call("GET", `${path}/${String(delivery["id"])}`);
      const detail = expectShape(expectSuccess(answer), { ...deliveryShape, attemptLog: "array" }, "delivery");
      const attempts = detail["attemptLog"] as unknown[];
      expectThat(attempts.length === delivery["attempts"], `${attempts.length} attempts are told`);
      const last = expectShape(attempts.at(-1), attemptShape, "attempt");
      expectThat(last["error"] === null && last["status"] === delivery["lastStatus"], `the attempt is ${show(last)}`);
    },
  },
  {
    section,
    rule: "one is replayed under its id",
    async run(context) {
      const { id, sessionId } = await delivered(context);
      expectSuccess(await context.call("POST", `${path}/${String(id)}/replay`), 202);
      const again = await settled(context, String(sessionId));
      expectThat(again["id"] === id && again["replays"] === 1, `the delivery is ${show(again)}`);
      const count = need(context.inbox, "an address for webhooks").count(String(sessionId));
      expectThat(count === 2, `${count} webhooks arrived`);
    },
  },
  {
    section,
    rule: "those of a time are replayed, and it is told how many",
    async run({ call }) {
      const answer = await call("POST", `${path}/replay`, { body: day });
      const shape: Shape = { queued: "integer", endpointDisabled: "integer", nextFrom: "time|null" };
      const data = expectShape(expectSuccess(answer, 202), shape, "answer");
      expectThat(data["queued"] === 0 && data["nextFrom"] === null, `of a time before all: ${show(data)}`);
    },
  },
  ...refusedRanges.map(([what, body, param]): Check => ({
    section,
    rule: `a time ${what} is 400`,
    async run({ call }) {
      expectRefusal(
        await call("POST", `${path}/replay`, { body }),
        400,
        param === undefined ? { code: "invalid_request" } : { param },
      );
    },
  })),
  {
    section,
    rule: "one that does not exist is 404, as is its replay",
    async run({ call }) {
      const code = "delivery_not_found";
      expectRefusal(await call("GET", `${path}/msg_none`), 404, { code });
      expectRefusal(await call("POST", `${path}/msg_none/replay`), 404, { code });
    },
  },
  {
    section,
    rule: "another partner's does not exist",
    async run(context) {
      const key = need(context.otherKey, "a key of another partner");
      const { id, sessionId } = await delivered(context);
      expectRefusal(await context.call("GET", `${path}/${String(id)}`, { key }), 404);
      expectRefusal(await context.call("POST", `${path}/${String(id)}/replay`, { key }), 404);
      const answer = await context.call("GET", `${path}?sessionId=${String(sessionId)}`, { key });
      expectThat((expectSuccess(answer) as Fields)["total"] === 0, "another partner sees it listed");
    },
  },
  ...(
    [
      ["of the end, or of no status", ["session.completed", "session.created", "ready", "", 1, null]],
      ["that is no list", ["session.ready", {}, true, null]],
    ] as const
  ).map(([what, values], index): Check => ({
    section,
    rule: `webhookEvents ${what} is 400 and named`,
    async run({ call, platformId }) {
      for (const value of values) {
        const body = { platformId, webhookUrl: "https://example.com/", webhookEvents: index === 0 ? [value] : value };
        const { param } = expectRefusal(await call("POST", "/partner/browser-session", { body }), 400);
        expectThat(String(param).startsWith("webhookEvents"), `param is ${show(param)}`);
      }
    },
  })),
  {
    section,
    rule: "webhookEvents without a webhookUrl are 400 and named",
    async run({ call, platformId }) {
      const body = { platformId, webhookEvents: ["session.ready"] };
      expectRefusal(await call("POST", "/partner/browser-session", { body }), 400, { param: "webhookEvents" });
    },
  },
];

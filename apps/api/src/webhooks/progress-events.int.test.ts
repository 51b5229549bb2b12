import { createCertificateAuthority, startPostgres, type CertificateAuthority } from "@attestream/testkit";
import { progressWebhookEvents, webhookPayloadSchema } from "@attestream/shared/partner-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTemplateCopy } from "../test-support/open-template-copy.ts";
import { startReceiver, type Answer, type Received } from "./test-support/start-receiver.ts";
import { extraction, startSessions, type Storage } from "./test-support/start-sessions.ts";

const host = "hooks.example.com";
const undo = new AsyncDisposableStack();
let authority: CertificateAuthority;
let storages: Record<"PGlite" | "PostgreSQL", Storage>;

beforeAll(async () => {
  authority = await createCertificateAuthority("Webhook test authority");
  const [embedded, postgres] = await Promise.all([openTemplateCopy(), startPostgres()]);
  undo.use(postgres);
  undo.use(embedded);
  storages = { PGlite: { pglite: embedded.pglite }, PostgreSQL: { databaseUrl: postgres.url } };
});
afterAll(() => undo.disposeAsync());

async function start(engine: keyof typeof storages, answer?: Answer) {
  const receiver = await startReceiver(authority, host, answer);
  const devHost = `${host}:${receiver.port}`;
  const api = await startSessions(storages[engine], {
    webhooks: { devHosts: [devHost], extraCa: authority.certificate, resolve: async () => ["127.0.0.1"] },
  });
  return {
    receiver,
    api,
    webhookUrl: `https://${devHost}/hook`,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

const payloadOf = ({ body }: Received) => webhookPayloadSchema.parse(JSON.parse(body));

describe.each(["PGlite", "PostgreSQL"] as const)("on %s", (engine) => {
  test("a session that asked is told of each status on its way, and of its end once", async () => {
    await using setup = await start(engine);
    const { api, receiver, webhookUrl } = setup;
    const session = await api.run(
      { extracted: extraction },
      { webhookUrl, webhookEvents: [...progressWebhookEvents], externalReferenceId: "user_abc123" },
    );
    const received = await receiver.arrived(8);
    // They may overtake each other; seq puts them in order.
    const payloads = received.map(payloadOf).toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    expect(payloads.map(({ event }) => event)).toEqual([
      "session.initializing",
      "session.ready",
      "session.connected",
      "session.loading_tree",
      "session.running",
      "session.collecting_data",
      "session.verifying",
      "session.completed",
    ]);
    for (const payload of payloads.slice(0, -1))
      expect(payload).toMatchObject({
        sessionId: session.id,
        externalReferenceId: "user_abc123",
        completedAt: null,
        extractedData: null,
      });
    expect(payloads.at(-1)).toMatchObject({ status: "COMPLETED", extractedData: extraction.extractedData });
    const log = await api.db
      .selectFrom("session_events")
      .select(["seq", "status"])
      .where("session_id", "=", session.id)
      .execute();
    for (const { seq, status } of payloads) expect(log).toContainEqual({ seq, status });
  });

  test("only what was asked for, each time that it happens", async () => {
    await using setup = await start(engine);
    const { api, receiver, webhookUrl } = setup;
    const session = await api.run({ none: true }, { webhookUrl, webhookEvents: ["session.ready"] });
    for (const event of [
      { type: "session.dispatched" },
      { type: "browser.started" },
      { type: "session.released", parked: false },
      { type: "session.dispatched" },
      { type: "browser.started" },
      { type: "session.cancelled", code: "USER_CANCELLED" },
    ] as const)
      expect((await api.sessions.apply(session.id, event)).outcome).toBe("moved");
    await receiver.arrived(3);
    const rows = await api.db
      .selectFrom("webhook_deliveries")
      .select("event")
      .where("session_id", "=", session.id)
      .orderBy("session_seq")
      .execute();
    expect(rows.map(({ event }) => event)).toEqual(["session.ready", "session.ready", "session.cancelled"]);
  });
});

test("a status that was not received is not told again once the session has ended; the end is", async () => {
  let isUp = false;
  await using setup = await start("PGlite", (response) => void response.writeHead(isUp ? 204 : 500).end());
  const { api, webhookUrl } = setup;
  const session = await api.run({ none: true }, { webhookUrl, webhookEvents: ["session.initializing"] });
  await api.sessions.apply(session.id, { type: "session.dispatched" });
  await api.delivery(session.id, ({ attempts }) => attempts > 0);
  await api.sessions.apply(session.id, { type: "session.cancelled", code: "USER_CANCELLED" });
  await api.delivery(session.id, ({ event, attempts }) => event === "session.cancelled" && attempts > 0);
  isUp = true;
  const end = await api.delivery(
    session.id,
    ({ event, state }) => event === "session.cancelled" && state !== "pending",
  );
  expect(end.state).toBe("delivered");
  const progress = await api.delivery(session.id, ({ event, state }) => event !== end.event && state !== "pending");
  expect(progress).toMatchObject({ state: "failed", last_error: "superseded", last_status: 500 });
});

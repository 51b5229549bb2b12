import { createCertificateAuthority, startPostgres, type CertificateAuthority } from "@attestream/testkit";
import { isTerminal } from "@attestream/shared";
import { progressWebhookEvents, webhookEvents } from "@attestream/shared/partner-api";
import type { SessionEvent } from "@attestream/state-machine";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sealExtraction } from "../sessions/extraction.ts";
import { openTemplateCopy } from "../test-support/open-template-copy.ts";
import type { SessionRow } from "../storage/schema.ts";
import { startReceiver, type Receiver } from "./test-support/start-receiver.ts";
import { extraction, startSessions, type Storage } from "./test-support/start-sessions.ts";

const host = "hooks.example.com";
const runs = 12;

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

/** A session that goes well. */
const way: SessionEvent[] = [
  { type: "session.opened" },
  { type: "session.dispatched" },
  { type: "browser.started" },
  { type: "viewer.connected" },
  { type: "tree.loaded" },
  { type: "tree.started" },
  { type: "collection.started" },
  { type: "data.extracted", partial: false },
  { type: "attestation.issued" },
];

const challenge = { id: "c1", kind: "otp", expiresAt: "2030-01-01T00:00:00.000Z" } as const;
/** What may come between, whether it is legal there or not. */
const turns: SessionEvent[] = [
  ...way,
  { type: "session.released", parked: false },
  { type: "session.released", parked: true },
  { type: "consent.given" },
  { type: "viewer.disconnected" },
  { type: "challenge.raised", challenge },
  { type: "challenge.resolved", challengeId: "c1" },
  { type: "data.extracted", partial: true },
];
const ends: SessionEvent[] = [
  { type: "attestation.failed", code: "ATTESTATION_FAILED" },
  { type: "session.cancelled", code: "USER_CANCELLED" },
  { type: "session.terminated", code: "TERMINATED_BY_PARTNER" },
  { type: "session.expired" },
  { type: "session.failed", code: "BROWSER_CRASHED" },
  { type: "session.failed", code: "USER_ABANDONED" },
];

const anyEvent = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...turns) },
  { weight: 4, arbitrary: fc.nat(100).map((progress): SessionEvent => ({ type: "progress.advanced", progress })) },
  { weight: 1, arbitrary: fc.constantFrom(...ends) },
);

const life = fc.record({
  wanted: fc.subarray([...progressWebhookEvents]),
  /** At each step of the way: what happens at the same time, and whether the step comes twice. */
  steps: fc.tuple(...way.map(() => fc.record({ others: fc.array(anyEvent, { maxLength: 3 }), twice: fc.boolean() }))),
  /** What still comes when it is over, with the end itself among it. */
  late: fc.array(anyEvent, { minLength: 2, maxLength: 6 }),
});

type Sessions = Awaited<ReturnType<typeof startSessions>>;

describe.each(["PGlite", "PostgreSQL"] as const)("on %s, whatever happens in whatever order", (engine) => {
  it(
    "an end is final and told once, each status that was asked for is told, and progress never falls",
    { timeout: 240_000 },
    async () => {
      await using receiver = await startReceiver(authority, host);
      const devHost = `${host}:${receiver.port}`;
      await using api = await startSessions(storages[engine], {
        webhooks: { devHosts: [devHost], extraCa: authority.certificate, resolve: async () => ["127.0.0.1"] },
      });
      const seen: SessionRow[] = [];
      api.sessions.onChange((session) => void seen.push(session));
      const webhookUrl = `https://${devHost}/hook`;
      const sessionIds: string[] = [];

      await fc.assert(
        fc.asyncProperty(life, async ({ wanted, steps, late }) => {
          const { id } = await api.run({ none: true }, { webhookUrl, webhookEvents: wanted });
          sessionIds.push(id);
          for (const [index, { others, twice }] of steps.entries()) {
            const step = way[index]!;
            await together(api, id, [...others, step, ...(twice ? [step] : [])]);
          }
          await together(api, id, [...late, { type: "session.expired" }, { type: "session.expired" }]);
          await api.effectsSettled();
          for (const { outcome } of await together(api, id, [...ends, ...late])) expect(outcome).toBe("refused");

          const end = await checkLog(api, id, wanted);
          const changes = seen.filter((session) => session.id === id).toSorted((a, b) => a.version - b.version);
          for (const [index, { progress, status }] of changes.entries()) {
            expect(progress).toBeGreaterThanOrEqual(changes[index - 1]?.progress ?? 0);
            expect(isTerminal(status)).toBe(index === changes.length - 1);
          }
          expect((await api.sessions.get(id))?.status).toBe(end);
        }),
        { numRuns: runs, endOnFailure: true },
      );
      for (const id of sessionIds) await checkReceived(api, receiver, id);
    },
  );
});

/** All at once. */
function together(api: Sessions, id: string, events: SessionEvent[]) {
  return Promise.all(
    events.map((event) =>
      api.sessions.apply(
        id,
        event,
        event.type === "data.extracted" ? { set: { extraction_enc: sealExtraction(api.sealer, id, extraction) } } : {},
      ),
    ),
  );
}

/** The deliveries are those of the log's changes of status, and of its end; gives the end. */
async function checkLog(api: Sessions, id: string, wanted: readonly string[]): Promise<string> {
  const log = await api.db
    .selectFrom("session_events")
    .select(["seq", "status"])
    .where("session_id", "=", id)
    .orderBy("seq")
    .execute();
  const moves = log.filter(({ status }, index) => status !== log[index - 1]?.status);
  const ended = log.filter(({ status }) => isTerminal(status));
  expect(ended).toEqual([log.at(-1)]);

  const told = await api.db
    .selectFrom("webhook_deliveries")
    .select(["session_seq as seq", "event"])
    .where("session_id", "=", id)
    .orderBy("session_seq")
    .execute();
  expect(told).toEqual(
    moves
      .map(({ seq, status }) => ({ seq, event: webhookEvents[status], final: isTerminal(status) }))
      .filter(({ event, final }) => final || (event !== null && wanted.includes(event)))
      .map(({ seq, event }) => ({ seq, event })),
  );
  return ended[0]!.status;
}

/** The end arrived, under one id. */
async function checkReceived(api: Sessions, receiver: Receiver, id: string): Promise<void> {
  const end = await api.delivery(id, ({ event, state }) => isEnd(event) && state !== "pending");
  expect(end.state).toBe("delivered");
  const ids = receiver.received
    .filter(({ body }) => JSON.parse(body).sessionId === id && isEnd(JSON.parse(body).event))
    .map(({ headers }) => headers["webhook-id"]);
  expect(new Set(ids)).toEqual(new Set([end.id]));
}

function isEnd(event: string): boolean {
  return !progressWebhookEvents.some((one) => one === event);
}

import { verifyErasureReceipt } from "@attestream/attestation/verify";
import { startFakeWorker } from "@attestream/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApi, type StartedApi } from "../test-support/start-api.ts";
import { createClient, type Client, type ClientOptions } from "./create-client.ts";
import type { SessionEvent } from "./schemas.ts";

let api: StartedApi;
let client: Client;
const clientWith = (options: Partial<ClientOptions>) => createClient({ ...api, wait: async () => {}, ...options });

beforeAll(async () => {
  api = await startApi();
  client = clientWith({});
});
afterAll(() => api[Symbol.asyncDispose]());

async function endedSession(): Promise<string> {
  const { sessionId } = await client.createSession({ platformId: 1, metadata: { order: "17" } });
  await client.terminate(sessionId);
  return sessionId;
}

/** Everything that happened, as pages of the log have it. */
const logOf = async (sessionId: string) => (await client.sessionEvents(sessionId)).events;

describe("createSession", () => {
  it("makes one session although the answer is lost twice", async () => {
    const before = (await client.listSessions()).total;
    let tries = 0;
    const lossy: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      tries += 1;
      if (tries < 3) throw new TypeError("the connection broke before the answer came");
      return response;
    };
    const { sessionId } = await clientWith({ fetch: lossy }).createSession({ platformId: 1 });
    expect(tries).toBe(3);
    expect((await client.listSessions()).total).toBe(before + 1);
    expect((await client.getSession(sessionId)).status).toBe("CREATED");
  });

  it("makes one session of calls with one key, and two of calls without", async () => {
    const options = { idempotencyKey: "order-17" };
    const [first, again] = await Promise.all([
      client.createSession({ platformId: 1 }, options),
      client.createSession({ platformId: 1 }, options),
    ]);
    expect(again.sessionId).toBe(first.sessionId);
    await expect(client.createSession({ platformId: 1, nonce: "other" }, options)).rejects.toMatchObject({
      code: "idempotency_key_reused",
    });
    const plain = await client.createSession({ platformId: 1 });
    expect((await client.createSession({ platformId: 1 })).sessionId).not.toBe(plain.sessionId);
  });

  it("does not try again what will not get better", async () => {
    let tries = 0;
    const counted: typeof fetch = (...request) => {
      tries += 1;
      return fetch(...request);
    };
    await expect(clientWith({ fetch: counted }).createSession({ platformId: 999 })).rejects.toMatchObject({
      code: "platform_unknown",
    });
    expect(tries).toBe(1);
  });
});

describe("followSession", () => {
  it("tells what was, what happens, and ends with the session", async () => {
    const { sessionId } = await client.createSession({ platformId: 1 });
    const heard: SessionEvent[] = [];
    for await (const event of client.followSession(sessionId)) {
      heard.push(event);
      if (heard.length === 1) await client.terminate(sessionId);
    }
    expect(heard).toEqual(await logOf(sessionId));
    expect(heard.at(-1)).toMatchObject({ status: "TERMINATED", code: "TERMINATED_BY_PARTNER" });
  });

  it("goes on after each break with the next event, and misses and repeats none", async () => {
    const { sessionId } = await client.createSession({ platformId: 1 });
    const asked: (string | null)[] = [];
    /** Every connection breaks in the middle of the second event it carries. */
    const fragile: typeof fetch = async (input, init) => {
      asked.push(new Headers(init?.headers).get("last-event-id"));
      const response = await fetch(input, init);
      let events = 0;
      const breaking = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          events += new TextDecoder().decode(chunk).split("\n\n").length - 1;
          if (events < 2) return controller.enqueue(chunk);
          controller.enqueue(chunk.slice(0, chunk.length - 5));
          return controller.error(new TypeError("terminated"));
        },
      });
      return new Response(response.body?.pipeThrough(breaking) ?? null, response);
    };
    const heard: SessionEvent[] = [];
    for await (const event of clientWith({ fetch: fragile }).followSession(sessionId)) {
      heard.push(event);
      if (heard.length === 1) await client.terminate(sessionId);
    }
    expect(heard).toEqual(await logOf(sessionId));
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.slice(1)).toEqual(asked.slice(1).map(() => String(heard[0]?.seq)));
  });

  it("resumes where an earlier reader stopped, and has nothing to tell after the end", async () => {
    const sessionId = await endedSession();
    const log = await logOf(sessionId);
    const rest = await collect(client.followSession(sessionId, { after: Number(log[0]?.seq) }));
    expect(rest).toEqual(log.slice(1));
    expect(await collect(client.followSession(sessionId, { after: Number(log.at(-1)?.seq) }))).toEqual([]);
  });

  it("stops at once when told to, and at an error that will not pass", async () => {
    const { sessionId } = await client.createSession({ platformId: 1 });
    const stop = new AbortController();
    const following = (async () => {
      for await (const _ of client.followSession(sessionId, { signal: stop.signal })) stop.abort(new Error("enough"));
    })();
    await expect(following).rejects.toThrow("enough");
    const unknown = client.followSession("0d3f1ab2-6c1e-4b8e-9a53-7f1f3f0a9e11");
    await expect(collect(unknown)).rejects.toMatchObject({ code: "session_not_found" });
  });

  it("gives its connection back when the reader leaves", async () => {
    const { sessionId } = await client.createSession({ platformId: 1 });
    const signals: AbortSignal[] = [];
    const watched: typeof fetch = (input, init) => {
      if (init?.signal) signals.push(init.signal);
      return fetch(input, init);
    };
    for await (const _ of clientWith({ fetch: watched }).followSession(sessionId)) break;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("an attestation", () => {
  it("is fetched with all that belongs to it and checked, until it is revoked", async () => {
    const worker = await startFakeWorker({
      apiUrl: api.baseUrl,
      workerToken: api.workerToken,
      capacity: 100,
      auto: {
        viewer: true,
        result: ({ platformHash, disclosure }) => {
          if (disclosure === "full" || !("predicates" in disclosure)) throw new Error("Answers were to be asked for");
          return {
            extractedData: Object.fromEntries(disclosure.predicates.map(({ name }) => [name, true])),
            failedParts: [],
            workflow: { name: "demo-bank", version: "1.0.0", hash: platformHash },
            browser: { product: "FakeBrowser", version: "1" },
            isolationLevel: "L1",
          };
        },
      },
    });
    const { sessionId, embedUrl } = await client.createSession({
      platformId: 1,
      consent: false,
      nonce: "n-1",
      disclosure: { predicates: [{ name: "isChecking", field: "accountType", is: "==", value: "checking" }] },
    });
    // As the frame does: a session whose user is there gets a browser as soon as there is one.
    const { origin, pathname, searchParams } = new URL(embedUrl);
    await fetch(`${origin}${pathname}/exchange`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ token: searchParams.get("token") }),
    });
    const soon = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / 20));
    const session = await clientWith({ wait: soon }).waitForCompletion(sessionId);
    expect(session).toMatchObject({ status: "COMPLETED", extractedData: { isChecking: true } });
    expect(await client.attestorKeys()).toMatchObject({ keys: [] });
    const check = () => client.checkedAttestation(sessionId, { nonce: "n-1" });
    expect(await check()).toMatchObject({ ok: true, disclosed: { isChecking: true }, claims: { mode: "signed" } });
    expect(await client.checkedAttestation(sessionId, { nonce: "n-2" })).toMatchObject({ reason: "nonce_mismatch" });
    await expect(client.credential(sessionId)).rejects.toMatchObject({ code: "credential_absent" });
    expect(await client.revokeAttestation(sessionId, { reason: "superseded" })).toMatchObject({ reason: "superseded" });
    expect(await check()).toMatchObject({ ok: false, reason: "revoked" });
    await worker.stop();
  });
});

describe("eraseData", () => {
  it("gives a receipt that is checked offline with the issuer's keys", async () => {
    const sessionId = await endedSession();
    const { receipt, erasedAt } = await client.eraseData(sessionId);
    const jwks = await client.issuerKeys();
    const checked = await verifyErasureReceipt(receipt, { jwks, sessionId });
    expect(checked).toMatchObject({ ok: true, sessionId, erased: ["metadata"], proofHash: null });
    expect(checked.ok && Math.abs(checked.erasedAt.getTime() - Date.parse(erasedAt))).toBeLessThan(1_000);
    expect(await verifyErasureReceipt(receipt, { jwks, sessionId: await endedSession() })).toMatchObject({
      ok: false,
      reason: "session_mismatch",
    });
  });
});

describe("webhooks", () => {
  it("are tested, looked at with their attempts, and replayed, one or all of a time", async () => {
    // Nobody listens there, and a development address is refused: the attempt fails, which is what is looked at.
    const sent = await client.testWebhook("https://shop.example.com/hook");
    await expect
      .poll(async () => (await client.webhookDelivery(sent.id)).state, { timeout: 30_000 })
      .not.toBe("pending");
    const { attemptLog } = await client.webhookDelivery(sent.id);
    expect(attemptLog).toHaveLength(1);
    expect((await client.webhookDeliveries({ event: "webhook.test" })).deliveries.map(({ id }) => id)).toContain(
      sent.id,
    );
    const range = { from: sent.createdAt, to: new Date(Date.parse(sent.createdAt) + 60_000).toISOString() };
    expect(await client.replayWebhooks({ ...range, state: "delivered" })).toMatchObject({ queued: 0, nextFrom: null });
    expect((await client.replayWebhook(sent.id)).replays).toBe(1);
  });
});

async function collect(events: AsyncIterable<SessionEvent>): Promise<SessionEvent[]> {
  const all: SessionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

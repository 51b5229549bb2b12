import { randomUUID } from "node:crypto";
import { errorEnvelopeSchema, sessionEventsSchema, sessionLogEntrySchema } from "@attestream/shared/partner-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, testKey, type TestApi } from "../test-support/start-test-api.ts";

const demo = "demo-partner-key-0123456789";
let test: TestApi;
beforeAll(async () => {
  test = await startTestApi({ DEMO_PARTNER_API_KEY: demo });
});
afterAll(() => test[Symbol.asyncDispose]());

const pathOf = (id: string, query = "") => `/partner/browser-session/${id}/events${query}`;

/** A session that has been opened, raised a question and was ended. */
async function endedSession(): Promise<string> {
  const id = await test.createSession();
  for (const type of [
    "session.opened",
    "session.dispatched",
    "browser.started",
    "viewer.connected",
    "tree.loaded",
    "tree.started",
  ] as const)
    await test.api.sessions.apply(id, { type });
  await test.api.sessions.apply(id, { type: "progress.advanced", progress: 70 });
  await test.api.sessions.apply(id, { type: "session.failed", code: "PLATFORM_TIMEOUT", message: "not for the log" });
  return id;
}

async function openStream(id: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await fetch(`http://127.0.0.1:${test.api.port}${pathOf(id)}`, {
    headers: { "x-api-key": testKey, accept: "text/event-stream", ...headers },
    signal: stop.signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    response,
    stop,
    /** The events so far, when there are so many or the stream has ended. */
    async read(count = Number.POSITIVE_INFINITY) {
      for (;;) {
        const events = [...text.matchAll(/id: (\d+)\ndata: (.*)\n\n/g)].map(([, seq, data]) => {
          const event = sessionLogEntrySchema.parse(JSON.parse(data ?? ""));
          expect(String(event.seq)).toBe(seq);
          return event;
        });
        if (events.length >= count) return events;
        const chunk = await reader?.read();
        if (!chunk || chunk.done) return events;
        text += chunk.value;
      }
    },
  };
}

describe("the log of a session", () => {
  it("names what happened, and nothing of what anybody typed", async () => {
    const id = await endedSession();
    const { status, body } = await test.call("GET", pathOf(id));
    expect(status).toBe(200);
    const log = sessionEventsSchema.parse(body.data);
    expect(log).toMatchObject({ sessionId: id, hasMore: false });
    expect(log.events[0]).toMatchObject({ seq: 1, type: "session.created", status: "CREATED" });
    expect(log.events).toContainEqual(expect.objectContaining({ type: "progress.advanced", progress: 70 }));
    expect(log.events.at(-1)).toMatchObject({ type: "session.failed", status: "ERROR", code: "PLATFORM_TIMEOUT" });
    expect(JSON.stringify(log)).not.toContain("not for the log");
  });

  it("comes in pages", async () => {
    const id = await endedSession();
    const whole = sessionEventsSchema.parse((await test.call("GET", pathOf(id))).body.data).events;
    const pages = [];
    let page;
    do {
      const after = pages.at(-1)?.seq ?? 0;
      page = sessionEventsSchema.parse((await test.call("GET", pathOf(id, `?limit=4&after=${after}`))).body.data);
      expect(page.events.length).toBeLessThanOrEqual(4);
      pages.push(...page.events);
    } while (page.hasMore);
    expect(pages).toEqual(whole);
  });

  it.each(["?limit=0", "?limit=501", "?after=-1", "?after=x"])("refuses %s", async (query) => {
    const { status, body } = await test.call("GET", pathOf(await test.createSession(), query));
    expect(status).toBe(400);
    expect(errorEnvelopeSchema.parse(body).error.param).toBe(query.slice(1).split("=")[0]);
  });

  it("is nobody else's", async () => {
    const id = await test.createSession();
    for (const accept of ["application/json", "text/event-stream"]) {
      const answer = await test.call("GET", pathOf(id), { key: demo, headers: { accept } });
      expect(answer.status).toBe(404);
      expect(errorEnvelopeSchema.parse(answer.body).error.code).toBe("session_not_found");
    }
    expect((await test.call("GET", pathOf(randomUUID()))).status).toBe(404);
  });
});

describe("as a stream", () => {
  it("tells what was, then what happens, and ends with the session", async () => {
    const id = await test.createSession();
    const stream = await openStream(id);
    expect(stream.response.headers.get("content-type")).toContain("text/event-stream");
    expect((await stream.read(1)).map(({ type }) => type)).toEqual(["session.created"]);
    await test.api.sessions.apply(id, { type: "session.opened" });
    expect((await stream.read(2)).at(-1)).toMatchObject({ type: "session.opened" });
    await test.call("POST", `/partner/browser-session/${id}/terminate`);
    expect((await stream.read()).at(-1)).toMatchObject({ type: "session.terminated", code: "TERMINATED_BY_PARTNER" });
  });

  it("resumes after Last-Event-ID, without gap or repetition", async () => {
    const id = await test.createSession();
    const first = await openStream(id);
    const [created] = await first.read(1);
    first.stop.abort();
    await test.api.sessions.apply(id, { type: "session.opened" });
    const second = await openStream(id, { "last-event-id": String(created?.seq) });
    await test.call("POST", `/partner/browser-session/${id}/terminate`);
    const told = [created, ...(await second.read())];
    const log = sessionEventsSchema.parse((await test.call("GET", pathOf(id))).body.data);
    expect(told).toEqual(log.events);
    const third = await openStream(id, { "last-event-id": String(told.at(-1)?.seq) });
    expect(third.response.status).toBe(204);
  });

  it("tells the whole log of a session that has ended", async () => {
    const id = await endedSession();
    const log = sessionEventsSchema.parse((await test.call("GET", pathOf(id))).body.data);
    expect(await (await openStream(id)).read()).toEqual(log.events);
  });

  it("ends when the API stops", async () => {
    await using own = await startTestApi();
    const id = await own.createSession();
    const response = await fetch(`http://127.0.0.1:${own.api.port}${pathOf(id)}`, {
      headers: { "x-api-key": testKey, accept: "text/event-stream" },
    });
    const text = response.text();
    await own.api.stop();
    expect(await text).toContain("session.created");
  });
});

import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { frameOpeningSchema, frameViewSchema, streamTicketSchema } from "@attestream/shared/frame-api";
import { errorEnvelopeSchema } from "@attestream/shared/partner-api";
import { readViews } from "./test-support/read-events.ts";
import { startEntrance, type Entrance } from "./test-support/start-entrance.ts";

let entrance: Entrance;
beforeAll(async () => {
  entrance = await startEntrance();
});
afterAll(() => entrance[Symbol.asyncDispose]());

const errorOf = async (response: Response) => ({
  status: response.status,
  code: errorEnvelopeSchema.parse(await response.json()).error.code,
});
const openingOf = async (response: Response) => {
  expect(response.status).toBe(200);
  const { data } = (await response.json()) as { data: unknown };
  return frameOpeningSchema.parse(data);
};
const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
const exchange = (id: string, headers: Record<string, string> = {}, token = entrance.mintToken(id)) =>
  entrance.post(`/verify/${id}/exchange`, { token }, headers);

/** Opens a session's frame; gives the ways to come back. */
async function enter(id: string) {
  const response = await exchange(id);
  const { resumeSecret } = await openingOf(response);
  return { cookie: cookieOf(response), bearer: `Bearer ${resumeSecret}` };
}

describe("the frame page", () => {
  it("is served with headers that let strangers embed it and let it reach its own API only", async () => {
    const response = await entrance.get(`/verify/${await entrance.createSession()}?token=x`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("<title>frame</title>");
    const policy = response.headers.get("content-security-policy")?.split("; ");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("img-src 'self' blob: data:");
    expect(policy).toContain("frame-ancestors https: http://localhost:* http://127.0.0.1:*");
    expect(policy).toContain(
      `connect-src 'self' ${entrance.origin.replace("http", "ws")} ${entrance.origin.replace("http://localhost", "ws://127.0.0.1")}`,
    );
    expect(response.headers.get("x-frame-options")).toBeNull();
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("permissions-policy")).toMatch(/clipboard-write=\(self\).*camera=\(\)/);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("names the session's own origins as the only ancestors", async () => {
    const id = await entrance.createSession({
      allowedOrigins: ["https://shop.example.com/checkout", "https://b.example:8443"],
    });
    const response = await entrance.get(`/verify/${id}`);
    expect(response.headers.get("content-security-policy")).toContain(
      "frame-ancestors https://shop.example.com https://b.example:8443",
    );
  });

  it("does nothing: the token still works afterwards", async () => {
    const id = await entrance.createSession();
    const token = entrance.mintToken(id);
    for (let i = 0; i < 3; i += 1) await entrance.get(`/verify/${id}?token=${token}`);
    expect((await exchange(id, {}, token)).status).toBe(200);
  });

  it("is the same for a session that does not exist, and the exchange tells no more", async () => {
    const known = await entrance.get(`/verify/${await entrance.createSession()}`);
    for (const id of [randomUUID(), "nonsense"]) {
      const unknown = await entrance.get(`/verify/${id}`);
      expect(unknown.status).toBe(200);
      expect(await unknown.text()).toBe(await known.clone().text());
      expect(unknown.headers.get("content-security-policy")).toBe(known.headers.get("content-security-policy"));
      expect(await errorOf(await exchange(id))).toEqual({ status: 401, code: "embed_token_invalid" });
      expect(await errorOf(await entrance.post(`/verify/${id}/resume`, {}))).toEqual({
        status: 401,
        code: "viewer_unknown",
      });
    }
  });

  it("loads its files with hashed names for good, and nothing beside them", async () => {
    const script = await entrance.get("/verify/assets/frame-ABC.js");
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(script.headers.get("content-type")).toContain("javascript");
    for (const path of ["/verify/assets/none.js", "/verify/assets/..%2findex.html", "/verify/assets/"]) {
      expect((await entrance.get(path)).status).toBe(404);
    }
  });

  it("says what is missing while it is not built, and recovers without a restart", async () => {
    const page = join(entrance.frameDir, "index.html");
    await rename(page, `${page}.away`);
    const missing = await entrance.get(`/verify/${randomUUID()}`);
    expect(missing.status).toBe(503);
    const text = await missing.text();
    expect(text).toContain("FRAME_DIR");
    expect(text).not.toContain(entrance.frameDir);
    await rename(`${page}.away`, page);
    expect((await entrance.get(`/verify/${randomUUID()}`)).status).toBe(200);
  });
});

describe("exchange of the embed token", () => {
  it("opens the session, sets a partitioned host cookie and gives a resume secret", async () => {
    const id = await entrance.createSession();
    const response = await exchange(id);
    const { view } = await openingOf(response);
    expect(view).toMatchObject({
      sessionId: id,
      status: "CREATED",
      partner: { name: "Example Rentals" },
      platform: { name: "demo-bank", displayName: "Demo Bank" },
      consent: { required: true, given: false, fields: expect.arrayContaining(["Account holder", "Account type"]) },
      streamable: false,
      reason: null,
      theme: "auto",
    });
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toMatch(new RegExp(`^__Host-as-${id}=[A-Za-z0-9_-]{43}; `));
    const attributes = cookie.split("; ").slice(1).sort();
    expect(attributes).toEqual([
      "HttpOnly",
      expect.stringMatching(/^Max-Age=3[56]\d\d$/),
      "Partitioned",
      "Path=/",
      "SameSite=None",
      "Secure",
    ]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect((await entrance.sessions.get(id))?.opened_at).toBeInstanceOf(Date);
  });

  it("refuses a forged, foreign or expired token", async () => {
    const [id, other] = [await entrance.createSession(), await entrance.createSession()];
    const invalid = { status: 401, code: "embed_token_invalid" };
    expect(await errorOf(await exchange(id, {}, entrance.mintToken(other)))).toEqual(invalid);
    expect(await errorOf(await exchange(id, {}, "forged"))).toEqual(invalid);
    const token = entrance.mintToken(id);
    entrance.advance(60 * 60_000);
    expect(await errorOf(await exchange(id, {}, token))).toEqual(invalid);
    entrance.advance(-60 * 60_000);
  });

  it("by another person before anybody connected replaces the earlier viewer", async () => {
    const id = await entrance.createSession();
    const first = await enter(id);
    const events = await entrance.get(`/verify/${id}/events`, { cookie: first.cookie });
    const views = readViews(events);
    expect((await views.next()).value).toMatchObject({ sessionId: id });
    const second = await enter(id);
    expect(await errorOf(await entrance.post(`/verify/${id}/resume`, {}, { cookie: first.cookie }))).toEqual({
      status: 401,
      code: "viewer_unknown",
    });
    // It may still be told that the session was opened again; then its stream ends.
    for await (const view of views) expect(view.status).toBe("CREATED");
    expect((await entrance.post(`/verify/${id}/resume`, {}, { cookie: second.cookie })).status).toBe(200);
  });

  it("never takes over a connected session, nor one with consent, but lets its own viewer in", async () => {
    const connected = await entrance.createSession();
    const viewer = await enter(connected);
    await entrance.makeReady(connected);
    await entrance.sessions.apply(connected, { type: "viewer.connected" });
    expect(await errorOf(await exchange(connected))).toEqual({ status: 409, code: "session_held" });
    const back = await exchange(connected, { cookie: viewer.cookie });
    expect((await openingOf(back)).view.status).toBe("CONNECTED");
    expect(back.headers.getSetCookie()).toEqual([]);

    const consented = await entrance.createSession();
    const { cookie } = await enter(consented);
    await entrance.post(`/verify/${consented}/consent`, { accepted: true }, { cookie });
    expect(await errorOf(await exchange(consented))).toEqual({ status: 409, code: "session_held" });
  });

  it("says that a session is over", async () => {
    const id = await entrance.createSession();
    await entrance.sessions.apply(id, { type: "session.terminated", code: "TERMINATED_BY_PARTNER" });
    expect(await errorOf(await exchange(id))).toEqual({ status: 410, code: "session_over" });
  });
});

it("wrong tokens from one address have to wait after some, and the message says how long", async () => {
  await using own = await startEntrance();
  const id = await own.createSession();
  const attempt = (token: string) => own.post(`/verify/${id}/exchange`, { token });
  for (let i = 0; i < own.refusalsPerMinute; i += 1) expect((await attempt("wrong")).status).toBe(401);
  const refused = await attempt(own.mintToken(id));
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await errorOf(refused)).toEqual({ status: 429, code: "rate_limited" });
});

describe("requests of the frame", () => {
  it("count from the frame's own origins only, under both loopback names", async () => {
    const id = await entrance.createSession();
    const { cookie } = await enter(id);
    const refused = { status: 403, code: "origin_refused" };
    for (const origin of [
      "https://evil.example",
      "null",
      `${entrance.origin}.evil.example`,
      entrance.origin.toUpperCase(),
      "http://localhost",
    ]) {
      for (const path of ["exchange", "resume", "stream-ticket", "consent", "cancel"]) {
        expect(await errorOf(await entrance.post(`/verify/${id}/${path}`, {}, { cookie, origin }))).toEqual(refused);
      }
      expect((await entrance.get(`/verify/${id}/events`, { cookie, origin })).status).toBe(403);
    }
    const without = await fetch(`${entrance.origin}/verify/${id}/cancel`, {
      method: "POST",
      body: "{}",
      headers: { cookie, "content-type": "application/json" },
    });
    expect(await errorOf(without)).toEqual(refused);
    const otherName = entrance.origin.replace("localhost", "127.0.0.1");
    expect((await entrance.post(`/verify/${id}/resume`, {}, { cookie, origin: otherName })).status).toBe(200);
    expect((await entrance.sessions.get(id))?.status).toBe("CREATED");
  });

  it("are JSON", async () => {
    const id = await entrance.createSession();
    const { cookie } = await enter(id);
    const form = await entrance.post(`/verify/${id}/cancel`, {}, { cookie, "content-type": "text/plain" });
    expect(await errorOf(form)).toEqual({ status: 415, code: "unsupported_media_type" });
    const wrong = await entrance.post(`/verify/${id}/consent`, { accepted: "yes" }, { cookie });
    expect(await errorOf(wrong)).toEqual({ status: 400, code: "invalid_request" });
  });

  it("come back by cookie or by resume secret, of this session only", async () => {
    const [id, other] = [await entrance.createSession(), await entrance.createSession()];
    const viewer = await enter(id);
    const stranger = await enter(other);
    const resume = (headers: Record<string, string>) => entrance.post(`/verify/${id}/resume`, {}, headers);
    const byCookie = await openingOf(await resume({ cookie: viewer.cookie }));
    const bySecret = await openingOf(await resume({ authorization: viewer.bearer }));
    expect(`Bearer ${byCookie.resumeSecret}`).toBe(viewer.bearer);
    expect(bySecret.resumeSecret).toBe(byCookie.resumeSecret);
    const renamed = stranger.cookie.replace(other, id);
    for (const headers of [
      {},
      { cookie: renamed },
      { cookie: stranger.cookie },
      { authorization: stranger.bearer },
      { authorization: "Bearer x" },
      { cookie: `__Host-as-${id}=` },
    ]) {
      expect(await errorOf(await resume(headers as Record<string, string>))).toEqual({
        status: 401,
        code: "viewer_unknown",
      });
    }
  });

  it("get a stream ticket once there is a browser", async () => {
    const id = await entrance.createSession();
    const { cookie } = await enter(id);
    const ask = () => entrance.post(`/verify/${id}/stream-ticket`, {}, { cookie });
    expect(await errorOf(await ask())).toEqual({ status: 409, code: "session_has_no_browser" });
    await entrance.makeReady(id);
    const answer = (await (await ask()).json()) as { data: unknown };
    expect(streamTicketSchema.parse(answer.data).url).toBe(entrance.streamUrl(id));
    await entrance.sessions.apply(id, { type: "session.cancelled", code: "USER_CANCELLED" });
    expect(await errorOf(await ask())).toEqual({ status: 410, code: "session_over" });
  });

  it("consent, once or again; declining cancels; cancelling twice is one", async () => {
    const [id, declined] = [await entrance.createSession(), await entrance.createSession()];
    const viewer = await enter(id);
    const act = async (session: string, path: string, body: object, cookie: string) => {
      const answer = (await (await entrance.post(`/verify/${session}/${path}`, body, { cookie })).json()) as {
        data: unknown;
      };
      return frameViewSchema.parse(answer.data);
    };
    for (let i = 0; i < 2; i += 1) {
      expect((await act(id, "consent", { accepted: true }, viewer.cookie)).consent).toMatchObject({
        required: true,
        given: true,
      });
    }
    for (let i = 0; i < 2; i += 1) {
      const view = await act(id, "cancel", {}, viewer.cookie);
      expect(view).toMatchObject({
        status: "CANCELLED",
        reason: { code: "USER_CANCELLED", category: "USER", retriable: true },
      });
    }
    const other = await enter(declined);
    const view = await act(declined, "consent", { accepted: false }, other.cookie);
    expect(view).toMatchObject({ status: "CANCELLED", reason: { code: "CONSENT_DECLINED" } });
    expect(
      await errorOf(await entrance.post(`/verify/${declined}/consent`, { accepted: true }, { cookie: other.cookie })),
    ).toEqual({ status: 410, code: "session_over" });
  });
});

describe("events of the frame", () => {
  it("tell every status in order, from now to the end, and then end", async () => {
    const id = await entrance.createSession();
    const { bearer } = await enter(id);
    const response = await entrance.get(`/verify/${id}/events`, { authorization: bearer });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const views = readViews(response);
    expect((await views.next()).value).toMatchObject({ status: "CREATED" });
    await entrance.makeReady(id);
    for (const event of ["viewer.connected", "consent.given", "tree.loaded", "tree.started"] as const) {
      await entrance.sessions.apply(id, { type: event });
    }
    await entrance.sessions.apply(id, { type: "session.failed", code: "ACCOUNT_LOCKED" });
    const seen: string[] = [];
    let last: unknown;
    for await (const view of views) {
      if (seen.at(-1) !== view.status) seen.push(view.status);
      last = view;
    }
    expect(seen).toEqual(["INITIALIZING", "READY", "CONNECTED", "LOADING_TREE", "RUNNING", "ERROR"]);
    expect(last).toMatchObject({
      streamable: false,
      reason: { code: "ACCOUNT_LOCKED", message: "The platform says that the account is locked." },
    });
  });

  it("tell the place in the queue as it changes", async () => {
    const id = await entrance.createSession();
    const { cookie } = await enter(id);
    entrance.queue.set(id, { position: 2, estimateMs: 9_000 });
    const views = readViews(await entrance.get(`/verify/${id}/events`, { cookie }));
    expect((await views.next()).value).toMatchObject({ queue: { position: 2, estimateMs: 9_000 } });
    entrance.queue.set(id, { position: 1, estimateMs: null });
    expect((await views.next()).value).toMatchObject({ queue: { position: 1, estimateMs: null } });
    await views.return(undefined);
  });

  it("ask for a browser again when the session was parked while they were read", async () => {
    const id = await entrance.createSession();
    const { cookie } = await enter(id);
    await entrance.makeReady(id);
    const views = readViews(await entrance.get(`/verify/${id}/events`, { cookie }));
    expect((await views.next()).value).toMatchObject({ status: "READY" });
    await entrance.sessions.apply(id, { type: "session.released", parked: true });
    expect((await views.next()).value).toMatchObject({ status: "CREATED" });
    await vi.waitFor(async () => expect((await entrance.sessions.get(id))?.opened_at).toBeInstanceOf(Date));
    await views.return(undefined);
  });

  it("of a session that is over are its last view", async () => {
    const id = await entrance.createSession();
    const { cookie } = await enter(id);
    await entrance.post(`/verify/${id}/cancel`, {}, { cookie });
    const statuses: string[] = [];
    for await (const view of readViews(await entrance.get(`/verify/${id}/events`, { cookie })))
      statuses.push(view.status);
    expect(statuses).toEqual(["CANCELLED"]);
  });

  it("are refused to others", async () => {
    const id = await entrance.createSession();
    await enter(id);
    expect(await errorOf(await entrance.get(`/verify/${id}/events`))).toEqual({ status: 401, code: "viewer_unknown" });
  });
});

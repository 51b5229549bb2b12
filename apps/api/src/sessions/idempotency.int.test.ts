import { createdSessionSchema, errorEnvelopeSchema } from "@attestream/shared/partner-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";

const dayMs = 24 * 3_600_000;
const demo = "demo-partner-key-0123456789";

describe.each([embedded, postgres()])("Idempotency-Key on $name", (engine) => {
  let test: TestApi;
  beforeAll(async () => {
    test = await startTestApi({ ...(await engine.env()), DEMO_PARTNER_API_KEY: demo });
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await engine.stop();
  });

  const create = (key: string, body: unknown = { platformId: 1 }, apiKey?: string) =>
    test.call("POST", "/partner/browser-session", {
      body,
      headers: { "idempotency-key": key },
      ...(apiKey === undefined ? {} : { key: apiKey }),
    });

  it("gives the same session with a fresh link, whatever the order of the fields", async () => {
    const first = await create("a", { platformId: 1, metadata: { x: 1, y: [2] }, odd: 1 });
    const second = await create("a", { odd: 1, metadata: { y: [2], x: 1 }, platformId: 1 });
    expect([first.status, second.status]).toEqual([201, 201]);
    const { embedUrl, ...made } = createdSessionSchema.parse(first.body.data);
    const { embedUrl: fresh, ...replayed } = createdSessionSchema.parse(second.body.data);
    expect(replayed).toEqual(made);
    expect(fresh).not.toBe(embedUrl);
    expect(fresh).toContain("?token=");
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(second.headers.get("idempotent-replayed")).toBe("true");
  });

  it("gives no token for a session that has ended", async () => {
    const id = String((await create("ended")).body.data?.["sessionId"]);
    await test.call("POST", `/partner/browser-session/${id}/terminate`);
    expect((await create("ended")).body.data).toMatchObject({
      sessionId: id,
      embedUrl: expect.stringMatching(/[^?]+$/),
    });
    expect(String((await create("ended")).body.data?.["embedUrl"])).not.toContain("token");
  });

  it("refuses the key with another body, for this partner only", async () => {
    await create("b", { platformId: 2 });
    const other = await create("b", { platformId: 2, nonce: "n" });
    expect(other.status).toBe(409);
    expect(errorEnvelopeSchema.parse(other.body).error).toMatchObject({
      code: "idempotency_key_reused",
      type: "conflict",
    });
    expect((await create("b", { platformId: 2, nonce: "n" }, demo)).status).toBe(201);
  });

  it("does not keep a refused request", async () => {
    expect((await create("c", { platformId: 999 })).status).toBe(400);
    expect((await create("c")).status).toBe(201);
  });

  it.each(["", "with space", "x".repeat(256)])("refuses the key %j", async (key) => {
    const { status, body } = await create(key);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ param: "Idempotency-Key" });
  });

  it("makes one session of many requests at once", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create("race")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.data?.["sessionId"])).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get("idempotent-replayed") === null)).toHaveLength(1);
  });

  it("forgets a key after 24 hours", async () => {
    const first = await create("d");
    test.clock.advance(dayMs);
    const later = await create("d", { platformId: 2 });
    expect(later.status).toBe(201);
    expect(later.body.data?.["sessionId"]).not.toBe(first.body.data?.["sessionId"]);
  });
});

import { afterAll, describe, expect, it } from "vitest";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";

const server = postgres();
afterAll(() => server.stop());

const open = (test: TestApi, id: string) => test.api.sessions.apply(id, { type: "session.opened" });
/** Straight through the service: the create limit of the API is not what is tested here. */
async function many(test: TestApi, count: number): Promise<string[]> {
  const sample = await test.api.sessions.get(await test.createSession());
  const sessions = Array.from({ length: count }, () =>
    test.api.sessions.create({
      id: crypto.randomUUID(),
      partnerId: sample!.partner_id,
      apiKeyId: sample!.api_key_id,
      mode: "test",
      platformId: sample!.platform_id,
      platformHash: sample!.platform_hash,
      expiresAt: sample!.expires_at,
      consentRequired: false,
    }),
  );
  return (await Promise.all(sessions)).map(({ id }) => id);
}

describe.each([embedded, server])("dispatch on $name", (engine) => {
  it("fills every slot once and no slot twice, and goes on as slots become free", async () => {
    await using test = await startTestApi(await engine.env());
    const ids = await many(test, 50);
    const workers = await Promise.all(
      [10, 7].map((capacity) => startWorkerOf(test, { capacity, warm: () => 0, auto: {} })),
    );
    await Promise.all(ids.map((id) => open(test, id)));
    await expect.poll(() => workers.map(({ held }) => held.size)).toEqual([10, 7]);
    await test.api.dispatcher.idle();
    const held = workers.flatMap((worker) => [...worker.held.keys()]);
    expect(new Set(held).size).toBe(17);
    const first = held[0]!;
    await test.reached(first, "READY");
    await test.api.sessions.apply(first, { type: "session.cancelled", code: "USER_CANCELLED" });
    await expect
      .poll(() => workers.flatMap(({ received }) => received.filter(({ type }) => type === "assign")).length)
      .toBe(18);
    expect(workers.map(({ held: now }) => now.size)).toEqual([10, 7]);
    for (const worker of workers) await worker.stop();
  });

  it("tells those who wait their place, first come first served", async () => {
    await using test = await startTestApi(await engine.env());
    const [one, two, three] = await many(test, 3);
    for (const id of [two!, one!]) {
      await open(test, id);
      test.clock.advance(10);
    }
    expect(await test.api.dispatcher.queuePosition(two!)).toEqual({ position: 1, estimateMs: null });
    expect(await test.api.dispatcher.queuePosition(one!)).toMatchObject({ position: 2 });
    expect(await test.api.dispatcher.queuePosition(three!)).toBeNull();
    const worker = await startWorkerOf(test, { capacity: 1, warm: () => 0 });
    await worker.nextOf("assign", two);
    expect(await test.api.dispatcher.queuePosition(one!)).toMatchObject({ position: 1 });
    await worker.stop();
  });
});

describe("a browser that nobody looks at", () => {
  it("is started at once while a warm one is spare, and not otherwise", async () => {
    await using test = await startTestApi();
    const worker = await startWorkerOf(test, { capacity: 4, warm: () => 1, heartbeatMs: 60_000, auto: {} });
    const [first, second] = [await test.createSession(), await test.createSession()];
    await test.reached(first, "READY");
    await test.api.dispatcher.offer(second);
    expect((await test.api.sessions.get(second))?.status).toBe("CREATED");
    await worker.stop();
  });

  it("is given back after READY_HOLD, and a new one comes first when the frame is opened", async () => {
    await using test = await startTestApi({ READY_HOLD: "60s" });
    const worker = await startWorkerOf(test, { capacity: 1, auto: {} });
    const id = await test.createSession();
    await test.reached(id, "READY");
    test.clock.advance(61_000);
    await test.reached(id, "CREATED");
    expect(await worker.nextOf("release", id)).toMatchObject({ reason: "parked", epoch: 1 });
    expect(await test.api.sessions.get(id)).toMatchObject({ progress: 10, epoch: 2, worker_id: null, opened_at: null });
    await open(test, id);
    await test.reached(id, "READY");
    expect((await test.api.sessions.get(id))?.epoch).toBe(3);
    await worker.stop();
  });

  it("is taken back at once for somebody who waits", async () => {
    await using test = await startTestApi();
    const worker = await startWorkerOf(test, { capacity: 1, auto: {} });
    const idle = await test.createSession();
    await test.reached(idle, "READY");
    const wanted = await test.createSession();
    await open(test, wanted);
    await test.reached(wanted, "READY");
    expect((await test.api.sessions.get(idle))?.status).toBe("CREATED");
    expect(worker.held.size).toBe(1);
    await worker.stop();
  });

  it("is not taken from somebody who has opened the frame", async () => {
    await using test = await startTestApi({ QUEUE_TIMEOUT: "60s" });
    const worker = await startWorkerOf(test, { capacity: 1, auto: {} });
    const looked = await test.createSession();
    await open(test, looked);
    await test.reached(looked, "READY");
    const waiting = await test.createSession();
    await open(test, waiting);
    await test.api.dispatcher.idle();
    expect((await test.api.sessions.get(looked))?.status).toBe("READY");
    test.clock.advance(61_000);
    const ended = await test.reached(waiting, "ERROR");
    expect(ended.reason_code).toBe("NO_CAPACITY");
    await worker.stop();
  });
});

describe.each([embedded, server])("a partner's quota on $name", (engine) => {
  const demo = "demo-partner-key-0123456789";

  it("keeps further sessions waiting while others pass, and ends with a browser given back", async () => {
    await using test = await startTestApi({ ...(await engine.env()), PARTNER_QUOTA: "2", DEMO_PARTNER_API_KEY: demo });
    const worker = await startWorkerOf(test, { capacity: 4, warm: () => 0, auto: {} });
    const [first, second, third] = await many(test, 3);
    for (const id of [first!, second!, third!]) {
      await open(test, id);
      test.clock.advance(10);
    }
    await test.reached(first!, "READY");
    await test.reached(second!, "READY");
    const others = await test.call("POST", "/partner/browser-session", { key: demo, body: { platformId: 2 } });
    const other = String(others.body.data?.["sessionId"]);
    await open(test, other);
    await test.reached(other, "READY");
    await test.api.dispatcher.idle();
    expect((await test.api.sessions.get(third!))?.status).toBe("CREATED");
    expect(await test.api.dispatcher.queuePosition(third!)).toMatchObject({ position: 1 });
    await test.call("POST", `/partner/browser-session/${first}/terminate`);
    await test.reached(third!, "READY");
    await worker.stop();
  });

  it("counts browsers that nobody looks at, but lets them make room", async () => {
    await using test = await startTestApi({ ...(await engine.env()), PARTNER_QUOTA: "1" });
    const worker = await startWorkerOf(test, { capacity: 4, auto: {} });
    const [idle, unlooked] = [await test.createSession(), await test.createSession()];
    await test.reached(idle, "READY");
    await test.api.dispatcher.offer(unlooked);
    expect((await test.api.sessions.get(unlooked))?.status).toBe("CREATED");
    const wanted = await test.createSession();
    await open(test, wanted);
    await test.reached(wanted, "READY");
    expect((await test.api.sessions.get(idle))?.status).toBe("CREATED");
    await worker.stop();
  });
});

import { WebSocket } from "ws";
import { describe, expect, it } from "vitest";
import { workerCloseCodes } from "@attestream/shared/worker-protocol";
import { browserStarted, startFakeWorker } from "@attestream/testkit";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";

/** Short, but longer than the sweeper's pause. */
const timing = { leaseMs: 1_500, heartbeatMs: 100 };
const start = (env = {}) => startTestApi(env, { timing });
const open = (test: TestApi, id: string) => test.api.sessions.apply(id, { type: "session.opened" });

describe("a lost worker", () => {
  it("before the user connected: the session gets another browser, and the old worker is fenced", async () => {
    await using test = await start();
    const first = await startWorkerOf(test, { auto: {} });
    const id = await test.createSession();
    await open(test, id);
    await test.reached(id, "READY");
    first.drop();
    await test.reached(id, "CREATED");
    const second = await startWorkerOf(test, { warm: () => 0, auto: {} });
    await test.reached(id, "READY");
    expect(await test.api.sessions.get(id)).toMatchObject({ worker_id: second.workerId, epoch: 3 });

    await first.connect();
    expect(await first.nextOf("release", id)).toMatchObject({ epoch: 1, reason: "fenced" });
    first.report(id, { type: "viewer.connected" }, { epoch: 1 });
    await first.next((message) => message.type === "report.acked" && message.epoch === 1 && message.seq === 2);
    expect((await test.api.sessions.get(id))?.status).toBe("READY");
    await first.stop();
    await second.stop();
  });

  it("after the user connected: ERROR / WORKER_LOST", async () => {
    await using test = await start();
    const worker = await startWorkerOf(test, { auto: { viewer: true } });
    const id = await test.createSession({ consent: true });
    await test.reached(id, "CONNECTED");
    worker.drop();
    expect((await test.reached(id, "ERROR")).reason_code).toBe("WORKER_LOST");
    await worker.stop();
  });

  it("that comes back in time goes on, and is told again to start", async () => {
    await using test = await start();
    const worker = await startWorkerOf(test);
    const id = await test.createSession();
    await worker.nextOf("assign", id);
    worker.report(id, browserStarted);
    await test.reached(id, "READY");
    worker.drop();
    worker.report(id, { type: "viewer.connected" });
    await worker.connect();
    await test.reached(id, "CONNECTED");
    await worker.nextOf("tree.start", id);
    worker.drop();
    await worker.connect();
    await expect.poll(() => worker.received.filter(({ type }) => type === "tree.start").length).toBe(2);
    expect((await test.api.sessions.get(id))?.status).toBe("CONNECTED");
    await worker.stop();
  });

  it("is told its assignment again when the first message was lost", async () => {
    await using test = await start();
    const worker = await startWorkerOf(test);
    const id = await test.createSession();
    const assigned = await worker.nextOf("assign", id);
    await worker.stop();
    await worker.connect();
    await expect.poll(() => worker.received.filter(({ type }) => type === "assign")).toEqual([assigned, assigned]);
    await worker.stop();
  });
});

describe("reports", () => {
  it("count once each, and are acknowledged every time", async () => {
    await using test = await start();
    const worker = await startWorkerOf(test);
    const id = await test.createSession();
    await worker.nextOf("assign", id);
    for (let time = 0; time < 3; time++) worker.report(id, browserStarted, { seq: 1 });
    await expect.poll(() => worker.received.filter(({ type }) => type === "report.acked").length).toBe(3);
    expect(await test.api.sessions.get(id)).toMatchObject({ status: "READY", report_seq: 1, version: 3 });
    await worker.stop();
  });

  it("that the status does not allow change nothing", async () => {
    await using test = await start();
    const worker = await startWorkerOf(test);
    const id = await test.createSession();
    await worker.nextOf("assign", id);
    worker.report(id, { type: "collection.started" });
    await worker.nextOf("report.acked", id);
    expect((await test.api.sessions.get(id))?.status).toBe("INITIALIZING");
    await worker.stop();
  });

  it("of a session that does not exist are answered with a release", async () => {
    await using test = await start();
    const worker = await startWorkerOf(test);
    const id = crypto.randomUUID();
    worker.report(id, browserStarted, { epoch: 1 });
    expect(await worker.nextOf("release", id)).toMatchObject({ reason: "fenced" });
    await worker.stop();
  });
});

describe("the API stopping and starting", () => {
  it("leaves a running session to its worker, which goes on", async () => {
    await using test = await startTestApi({ PORT: "0" }, { timing });
    const worker = await startWorkerOf(test, { auto: { viewer: true } });
    const id = await test.createSession({ consent: true });
    await test.reached(id, "CONNECTED");
    await test.restart();
    expect(await worker.closed).toBe(workerCloseCodes.apiStopping);
    const again = await startFakeWorker({
      apiUrl: `http://127.0.0.1:${test.api.port}`,
      workerToken: test.api.workerToken,
      workerId: worker.workerId,
      auto: { viewer: true },
      held: [...worker.held],
    });
    await test.api.sessions.apply(id, { type: "consent.given" });
    await again.nextOf("tree.start", id);
    expect((await test.api.sessions.get(id))?.status).toBe("CONNECTED");
    await again.stop();
  });

  it("sweeps what ran out meanwhile, once", async () => {
    await using test = await start();
    const ids = [
      await test.createSession({ expiresInHours: 1 }),
      await test.createSession({ expiresInHours: 1 }),
      await test.createSession({ expiresInHours: 3 }),
    ];
    const restarted = test.restart();
    test.clock.advance(2 * 3_600_000);
    await restarted;
    await Promise.all([test.api.sweeper.sweep(), test.api.sweeper.sweep()]);
    for (const id of ids.slice(0, 2)) {
      expect(await test.reached(id, "TERMINATED")).toMatchObject({ reason_code: "SESSION_EXPIRED" });
      const ends = await test.api.database.db
        .selectFrom("session_events")
        .selectAll()
        .where("session_id", "=", id)
        .where("type", "=", "session.expired")
        .execute();
      expect(ends).toHaveLength(1);
    }
    expect((await test.api.sessions.get(ids[2]!))?.status).toBe("CREATED");
  });

  it("ends a session whose viewer does not come back", async () => {
    await using test = await startTestApi({ VIEWER_GRACE: "30s" });
    const worker = await startWorkerOf(test, { auto: { viewer: true } });
    const id = await test.createSession({ consent: true });
    await test.reached(id, "CONNECTED");
    worker.report(id, { type: "viewer.disconnected" });
    worker.report(id, { type: "viewer.connected" });
    worker.report(id, { type: "viewer.disconnected" });
    await expect.poll(async () => (await test.api.sessions.get(id))?.deadline_kind).toBe("viewer-grace");
    test.clock.advance(31_000);
    expect((await test.reached(id, "TERMINATED")).reason_code).toBe("USER_ABANDONED");
    expect(await worker.nextOf("release", id)).toMatchObject({ reason: "terminated" });
    await worker.stop();
  });
});

describe("the worker gateway", () => {
  it("lets a worker's new link replace its old one", async () => {
    await using test = await startTestApi();
    const old = await startWorkerOf(test, { workerId: "twin" });
    const fresh = await startWorkerOf(test, { workerId: "twin" });
    expect(await old.closed).toBe(workerCloseCodes.superseded);
    expect(test.api.workers.links()).toHaveLength(1);
    await fresh.stop();
  });

  it("answers an upgrade elsewhere with 404", async () => {
    await using test = await startTestApi();
    const socket = new WebSocket(`ws://127.0.0.1:${test.api.port}/elsewhere`);
    const status = await new Promise((resolve) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
      socket.on("error", () => {});
    });
    expect(status).toBe(404);
    socket.terminate();
  });
});

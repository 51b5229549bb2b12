import { afterAll, describe, expect, it } from "vitest";
import { browserStarted } from "@attestream/testkit";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";

const server = postgres();
afterAll(() => server.stop());

describe.each([embedded, server])("a session with a worker, on $name", (engine) => {
  it("walks every status to COMPLETED, with data, attestation and a history", async () => {
    await using test = await startTestApi(await engine.env());
    const worker = await startWorkerOf(test, { auto: { viewer: true } });
    const seen: string[] = [];
    test.api.sessions.onChange(({ status }) => {
      if (seen.at(-1) !== status) seen.push(status);
    });
    const id = await test.createSession({ externalReferenceId: "ref-1", metadata: { order: 7 } });
    await test.reached(id, "COMPLETED");
    expect(seen).toEqual([
      "CREATED",
      "INITIALIZING",
      "READY",
      "CONNECTED",
      "LOADING_TREE",
      "RUNNING",
      "AWAITING_USER",
      "RUNNING",
      "COLLECTING_DATA",
      "VERIFYING",
      "COMPLETED",
    ]);

    const { body } = await test.call("GET", `/partner/browser-session/${id}`);
    expect(body.data).toMatchObject({
      status: "COMPLETED",
      progress: 100,
      hasAttestation: true,
      streamUrl: null,
      externalReferenceId: "ref-1",
      metadata: { order: 7 },
      extractedData: { lastFourDigits: "1234" },
    });
    expect(body.data).not.toHaveProperty("statusReason");
    expect((await test.call("GET", `/partner/browser-session/${id}/attestation`)).status).toBe(200);

    await worker.nextOf("release", id);
    const events = await test.api.database.db
      .selectFrom("session_events")
      .selectAll()
      .where("session_id", "=", id)
      .orderBy("seq")
      .execute();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(JSON.stringify(events)).not.toContain("Sample Holder");
    await worker.stop();
  });

  it("ends PARTIAL_COMPLETE with a reason when an optional part failed", async () => {
    await using test = await startTestApi(await engine.env());
    const worker = await startWorkerOf(test, {
      auto: {
        viewer: true,
        result: ({ platformHash }) => ({
          extractedData: { accountHolder: "Sample Holder" },
          failedParts: [{ part: "statements", code: "EXTRACTION_FAILED" }],
          workflow: { name: "sample", version: "1.0.0", hash: platformHash },
          browser: { product: "FakeBrowser", version: "1" },
          isolationLevel: "L0",
        }),
      },
    });
    const id = await test.createSession();
    await test.reached(id, "PARTIAL_COMPLETE");
    const { body } = await test.call("GET", `/partner/browser-session/${id}`);
    expect(body.data).toMatchObject({
      statusReason: { code: "EXTRACTION_FAILED", category: "TREE" },
      extractedData: { accountHolder: "Sample Holder" },
      errorCode: null,
    });
    await worker.stop();
  });

  it("shows a failure as documented, without data", async () => {
    await using test = await startTestApi(await engine.env());
    const worker = await startWorkerOf(test);
    const id = await test.createSession();
    await worker.nextOf("assign", id);
    worker.report(id, browserStarted);
    await test.reached(id, "READY");
    const ready = await test.call("GET", `/partner/browser-session/${id}`);
    expect(ready.body.data?.["streamUrl"]).toMatch(new RegExp(`^ws://localhost:\\d+/session/${id}$`));
    worker.report(id, { type: "session.failed", code: "ACCOUNT_LOCKED" });
    await test.reached(id, "ERROR");
    const { body } = await test.call("GET", `/partner/browser-session/${id}`);
    expect(body.data).toMatchObject({
      status: "ERROR",
      errorCode: "ACCOUNT_LOCKED",
      errorMessage: expect.stringContaining("locked"),
      extractedData: null,
      streamUrl: null,
    });
    expect(body.data).not.toHaveProperty("statusReason");
    await worker.stop();
  });

  it("has exactly one end, however many come at once", async () => {
    await using test = await startTestApi(await engine.env());
    const id = await test.createSession();
    const ends = await Promise.all([
      test.api.sessions.apply(id, { type: "session.cancelled", code: "USER_CANCELLED" }),
      test.api.sessions.apply(id, { type: "session.expired" }),
      test.api.sessions.apply(id, { type: "session.failed", code: "INTERNAL" }),
      test.api.sessions.apply(id, { type: "session.terminated", code: "TERMINATED_BY_PARTNER" }),
    ]);
    expect(ends.filter(({ outcome }) => outcome === "moved")).toHaveLength(1);
    expect(ends.filter(({ outcome }) => outcome === "refused")).toHaveLength(3);
    const winner = ends.find(({ outcome }) => outcome === "moved");
    expect(await test.api.sessions.get(id)).toEqual(winner?.session);
  });

  it("applies nothing when a write beside it fails", async () => {
    await using test = await startTestApi(await engine.env());
    const id = await test.createSession();
    const before = await test.api.sessions.get(id);
    const within = () => Promise.reject(new Error("disk full"));
    await expect(test.api.sessions.apply(id, { type: "session.expired" }, { within })).rejects.toThrow("disk full");
    expect(await test.api.sessions.get(id)).toEqual(before);
  });

  it("waits in CONNECTED for consent, and starts the tree once", async () => {
    await using test = await startTestApi(await engine.env());
    const worker = await startWorkerOf(test, { auto: { viewer: true } });
    const id = await test.createSession({ consent: true });
    await test.reached(id, "CONNECTED");
    await Promise.all([1, 2, 3].map(() => test.api.sessions.apply(id, { type: "consent.given" })));
    await test.reached(id, "COMPLETED");
    expect(worker.received.filter(({ type }) => type === "tree.start")).toHaveLength(1);
    await worker.stop();
  });
});

import { startFakeWorker } from "@attestream/testkit";
import { describe, expect, it } from "vitest";
import { startTestApi } from "../test-support/start-test-api.ts";

describe("a session with a worker", () => {
  it("walks every status to COMPLETED, with data and attestation", async () => {
    await using test = await startTestApi();
    const worker = await startFakeWorker({ apiUrl: `http://127.0.0.1:${test.api.port}`, workerToken: test.api.workerToken, auto: { viewer: true } });
    const seen: string[] = [];
    test.api.sessions.onChange(({ status }) => {
      if (seen.at(-1) !== status) seen.push(status);
    });
    await untilWarm(test.api, worker.workerId);
    const id = await test.createSession({ externalReferenceId: "ref-1", metadata: { order: 7 } });
    await test.reached(id, "COMPLETED");
    expect(seen).toEqual(["CREATED", "INITIALIZING", "READY", "CONNECTED", "LOADING_TREE", "RUNNING", "AWAITING_USER", "RUNNING", "COLLECTING_DATA", "VERIFYING", "COMPLETED"]);
    const { body } = await test.call("GET", `/partner/browser-session/${id}`);
    expect(body.data).toMatchObject({ status: "COMPLETED", progress: 100, hasAttestation: true, streamUrl: null, externalReferenceId: "ref-1", metadata: { order: 7 }, extractedData: { lastFourDigits: "1234" } });
    const proof = await test.call("GET", `/partner/browser-session/${id}/attestation`);
    expect(proof.status).toBe(200);
    await worker.stop();
  });
});

async function untilWarm(api: { workers: { links(): { id: string; warm: number }[] } }, workerId: string): Promise<void> {
  await expect.poll(() => api.workers.links().find(({ id }) => id === workerId)?.warm ?? 0).toBeGreaterThan(0);
}

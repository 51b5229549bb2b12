import { randomUUID } from "node:crypto";
import { workerCloseCodes, type DownMessage } from "@attestream/shared/worker-protocol";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeApi } from "../testing/fake-api.ts";
import { ControlLink } from "./control-link.ts";
import { ReportBuffer } from "./report-buffer.ts";

const token = "control-link-test-token";
const sessionId = randomUUID();

describe("the control link", () => {
  let api: FakeApi;
  let reports: ReportBuffer;
  let stop: AbortController;

  beforeEach(async () => {
    api = new FakeApi(token);
    await api.listen();
    reports = new ReportBuffer(() => new Date());
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await api.close();
  });

  function start(
    workerToken = token,
    onMessage: (message: DownMessage) => void = () => {},
  ): { link: ControlLink; end: Promise<void>; registered: Promise<void> } {
    const registered = Promise.withResolvers<void>();
    const link = new ControlLink({
      apiUrl: api.url,
      workerToken,
      reports,
      describe: () => ({
        type: "register",
        protocol: 1,
        workerId: "w_test",
        address: "127.0.0.1:1",
        capacity: 1,
        isolationLevel: "L1",
        browser: { product: "chromium", version: "1" },
        identityKey: {},
        held: [],
      }),
      heartbeat: () => ({ type: "heartbeat", warm: 0, held: [] }),
      onMessage,
      onRegistered: registered.resolve,
      random: () => 0,
      log: pino({ level: "silent" }),
    });
    return { link, end: link.run(stop.signal), registered: registered.promise };
  }

  const report = (link: ControlLink, progress: number) => {
    const message = reports.add(sessionId, 1, { type: "progress.advanced", progress });
    if (message) link.send(message);
  };

  it("registers first and beats then", async () => {
    start();
    await api.waitFor(({ type }) => type === "heartbeat");
    expect(api.received[0]?.type).toBe("register");
  });

  it("replays what was not acknowledged, in order, after the API came back", async () => {
    api.acknowledging = false;
    const { link, registered } = start();
    await registered;
    report(link, 1);
    await api.waitFor(({ type }) => type === "report");
    await api.close();
    report(link, 2);
    report(link, 3);
    api.received.length = 0;
    api.acknowledging = true;
    await api.listen();
    await api.waitFor((message) => message.type === "report" && message.seq === 3);
    expect(api.received.flatMap((message) => (message.type === "report" ? [message.seq] : []))).toEqual([1, 2, 3]);
    await api.waitFor(() => reports.unacknowledged().length === 0);
  });

  it("registers again when another connection of this worker took its place", async () => {
    const { registered } = start();
    await registered;
    api.received.length = 0;
    api.closeLink(workerCloseCodes.superseded);
    await api.waitFor(({ type }) => type === "register");
  });

  it.each([
    ["unauthorized", "WORKER_TOKEN"],
    ["protocolMismatch", "same release"],
    ["badMessage", "same release"],
  ] as const)("stops for good when the API closes with %s, and says what to do", async (code, remedy) => {
    const { end, registered } = start();
    await registered;
    api.closeLink(workerCloseCodes[code]);
    await expect(end).rejects.toThrow(remedy);
  });

  it("stops for good when the API answers 401", async () => {
    await expect(start("wrong").end).rejects.toThrow("WORKER_TOKEN");
  });

  it("ends when it is told to, also while the API is away", async () => {
    await api.close();
    const { end } = start();
    stop.abort();
    await expect(end).resolves.toBeUndefined();
    await api.listen();
  });
});

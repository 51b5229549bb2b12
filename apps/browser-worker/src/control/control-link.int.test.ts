import { randomUUID } from "node:crypto";
import { newLinkNonce, workerCloseCodes, type DownMessage } from "@attestream/shared/worker-protocol";
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
  let logged: string[];

  beforeEach(async () => {
    api = new FakeApi(token);
    await api.listen();
    reports = new ReportBuffer(() => new Date());
    stop = new AbortController();
    logged = [];
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
      log: pino({ level: "warn" }, { write: (line: string) => logged.push(line) }),
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
    ["isolationTooLow", "MIN_ISOLATION"],
  ] as const)("stops for good when the API closes with %s, and says what to do", async (code, remedy) => {
    const { end, registered } = start();
    await registered;
    api.closeLink(workerCloseCodes[code]);
    await expect(end).rejects.toThrow(remedy);
  });

  it("stops for good when the API does not take its proof of the token", async () => {
    await expect(start("another-worker-token").end).rejects.toThrow("WORKER_TOKEN");
    expect(api.received).toEqual([]);
  });

  it("stops for good when the API speaks another version", async () => {
    api.hello = { ...api.hello, protocol: 99 };
    await expect(start().end).rejects.toThrow("same release");
    expect(api.greetings).toEqual([]);
  });

  it.each([
    ["guesses", () => newLinkNonce()],
    ["throws the worker's own proof back", (proof: string) => proof],
    ["answers nonsense", () => "?"],
  ])("tells a false API that %s nothing, and goes on looking for the true one", async (_how, falseProof) => {
    api.falseProof = falseProof;
    start();
    await expect.poll(() => logged.join("")).toContain("it is not the API");
    expect(api.received).toEqual([]);
    expect(api.greetings.join("")).not.toContain(token);
    // The true one is back: the worker has not given up.
    api.falseProof = undefined;
    await api.waitFor(({ type }) => type === "register");
  });

  it("takes nothing from what answers in another way", async () => {
    api.hello = { ...api.hello, nonce: "short" };
    const messages: DownMessage[] = [];
    start(token, (message) => messages.push(message));
    await expect.poll(() => logged.join("")).toContain("does not begin as the API does");
    expect([api.greetings, messages]).toEqual([[], []]);
  });

  it("ends when it is told to, also while the API is away", async () => {
    await api.close();
    const { end } = start();
    stop.abort();
    await expect(end).resolves.toBeUndefined();
    await api.listen();
  });
});

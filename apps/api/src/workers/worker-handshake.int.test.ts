import { once } from "node:events";
import { newLinkNonce, proveToken, workerCloseCodes, workerProtocolVersion } from "@attestream/shared/worker-protocol";
import { startFakeWorker } from "@attestream/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";

let test: TestApi;
let apiUrl: string;
beforeAll(async () => {
  test = await startTestApi();
  apiUrl = `http://127.0.0.1:${test.api.port}`;
});
afterAll(() => test[Symbol.asyncDispose]());

/** A link on which the API has said hello; `answers` are what it says after that. */
async function openLink() {
  const socket = new WebSocket(`ws://127.0.0.1:${test.api.port}/internal/worker`);
  const answers: string[] = [];
  const closed = new Promise<number>((resolve) => {
    socket.on("close", resolve);
  });
  const [data] = (await once(socket, "message")) as [Buffer];
  socket.on("message", (answer: Buffer) => answers.push(answer.toString()));
  const hello = JSON.parse(data.toString()) as { nonce: string };
  return { socket, nonce: hello.nonce, answers, closed };
}

/** What a worker with this token would say to that nonce. */
async function helloTo(nonce: string, { token = test.api.workerToken, own = newLinkNonce() } = {}): Promise<string> {
  const proof = await proveToken(token, "worker", { api: nonce, worker: own });
  return JSON.stringify({ type: "hello", protocol: workerProtocolVersion, nonce: own, proof });
}

describe("a link that does not prove itself as a worker's", () => {
  it("is told nothing and closed: another token", async () => {
    const link = await openLink();
    link.socket.send(await helloTo(link.nonce, { token: "another-worker-token" }));
    expect(await link.closed).toBe(workerCloseCodes.unauthorized);
    expect(link.answers).toEqual([]);
  });

  it("is closed: the proof of an earlier link, replayed with its registration behind it", async () => {
    const first = await openLink();
    const hello = await helloTo(first.nonce);
    first.socket.send(hello);
    await once(first.socket, "message");
    const again = await openLink();
    again.socket.send(hello);
    again.socket.send(JSON.stringify(registration("replayed")));
    expect(await again.closed).toBe(workerCloseCodes.unauthorized);
    expect(again.answers).toEqual([]);
    expect(test.api.workers.links()).toEqual([]);
    first.socket.terminate();
  });

  it("is closed: the API's own nonce and proof, thrown back", async () => {
    const link = await openLink();
    link.socket.send(await helloTo(link.nonce, { own: link.nonce }));
    expect(await link.closed).toBe(workerCloseCodes.unauthorized);

    // What the API proved to a true worker on one link is shown on another.
    const first = await openLink();
    const own = newLinkNonce();
    first.socket.send(await helloTo(first.nonce, { own }));
    const [answer] = (await once(first.socket, "message")) as [Buffer];
    const { proof } = JSON.parse(answer.toString()) as { proof: string };
    const second = await openLink();
    second.socket.send(JSON.stringify({ type: "hello", protocol: workerProtocolVersion, nonce: own, proof }));
    expect(await second.closed).toBe(workerCloseCodes.unauthorized);
    first.socket.terminate();
  });

  it.each([
    ["nonsense", "{"],
    ["bytes", Buffer.from([1])],
    ["a registration at once", JSON.stringify(registration("eager"))],
    ["a heartbeat", JSON.stringify({ type: "heartbeat", warm: 1, held: [] })],
    ["much too much", "x".repeat(100_000)],
  ])("is closed: it begins with %s", async (_what, first) => {
    const link = await openLink();
    link.socket.send(first);
    expect(await link.closed).toBe(workerCloseCodes.badMessage);
    expect(test.api.workers.links()).toEqual([]);
  });

  it("is told which version is spoken here, also when it is of before the handshake", async () => {
    const other = await startFakeWorker({ apiUrl, workerToken: test.api.workerToken, protocol: 99 });
    expect(await other.closed).toBe(workerCloseCodes.protocolMismatch);
    const old = await openLink();
    old.socket.send(JSON.stringify({ ...registration("old"), protocol: 2 }));
    expect(await old.closed).toBe(workerCloseCodes.protocolMismatch);
  });

  it("does not keep a worker out, however many wait", async () => {
    const waiting = await Promise.all(Array.from({ length: 100 }, () => openLink()));
    const worker = await startFakeWorker({ apiUrl, workerToken: test.api.workerToken });
    expect(test.api.workers.links().map(({ id }) => id)).toEqual([worker.workerId]);
    await worker.stop();
    for (const { socket } of waiting) socket.terminate();
  });
});

it("a worker is refused below MIN_ISOLATION, and the least level of the others is told", async () => {
  await using strict = await startTestApi({ MIN_ISOLATION: "L2" });
  const connect = (isolationLevel: "L1" | "L2" | "L3") =>
    startFakeWorker({
      apiUrl: `http://127.0.0.1:${strict.api.port}`,
      workerToken: strict.api.workerToken,
      isolationLevel,
    });
  const ready = async () => (await strict.call("GET", "/readyz", { key: null })).body;
  expect(await ready()).toEqual({ status: "ok", workers: 0, isolationLevel: null, attestors: [] });
  expect(await (await connect("L1")).closed).toBe(workerCloseCodes.isolationTooLow);
  const workers = [await connect("L3"), await connect("L2")];
  await expect.poll(ready).toEqual({ status: "ok", workers: 2, isolationLevel: "L2", attestors: [] });
  for (const worker of workers) await worker.stop();
});

it("a page of a web site cannot even open a link", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${test.api.port}/internal/worker`, { origin: "https://evil.example" });
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(403);
  socket.terminate();
});

function registration(workerId: string) {
  return {
    type: "register",
    workerId,
    address: "127.0.0.1:9",
    capacity: 1,
    isolationLevel: "L1",
    browser: { product: "x", version: "1" },
    identityKey: {},
    held: [],
  };
}

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { createServer as createSocketServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SessionStatus } from "@attestream/shared";
import type { SessionReport } from "@attestream/shared/worker-protocol";
import { parsePlatform } from "@attestream/workflow/schema";
import {
  browserStarted,
  startFakeWorker,
  startPostgres,
  type FakeWorker,
  type TestPostgres,
} from "@attestream/testkit";
import { runProgram, type ProgramRun } from "./test-support/run-program.ts";

const key = "bootstrap-key-of-the-kill-table";
const workerToken = "worker-token-of-the-kill-table";
const challenge = { id: "login", kind: "login" as const, expiresAt: "2099-01-01T00:00:00.000Z" };

/** Of the very file that sessions pin: what was read with another is refused. */
function demoBankHash(): string {
  const file = join(import.meta.dirname, "../../../platforms/demo-bank/platform.yaml");
  const parsed = parsePlatform(readFileSync(file, "utf8"), file);
  if (!parsed.ok) throw new Error("The demo platform's file is not valid");
  return parsed.hash;
}

const result = {
  extractedData: { accountHolder: "Sample Holder" },
  failedParts: [],
  workflow: { name: "demo-bank", version: "1", hash: demoBankHash() },
  browser: { product: "FakeBrowser", version: "1" },
  isolationLevel: "L0" as const,
};

/** What a worker reports to bring a session from one status to the next. */
const way: { reaches: SessionStatus; reports: SessionReport[] }[] = [
  { reaches: "INITIALIZING", reports: [] },
  { reaches: "READY", reports: [browserStarted] },
  { reaches: "CONNECTED", reports: [{ type: "viewer.connected" }] },
  { reaches: "LOADING_TREE", reports: [{ type: "tree.loaded", version: "1", hash: "0" }] },
  { reaches: "RUNNING", reports: [{ type: "tree.started" }] },
  { reaches: "AWAITING_USER", reports: [{ type: "challenge.raised", challenge }] },
  {
    reaches: "COLLECTING_DATA",
    reports: [{ type: "challenge.resolved", challengeId: challenge.id }, { type: "collection.started" }],
  },
  { reaches: "VERIFYING", reports: [{ type: "data.extracted", result }] },
];
/** VERIFYING cannot be held: its data is sent, and the blow falls at once. */
const held = way.slice(0, -1).map(({ reaches }) => reaches);

let home: string;
let undo: AsyncDisposableStack;
let base: string;
let api: ProgramRun;
let restart: () => Promise<void>;
let postgres: TestPostgres | null;
let hooks: { sessionId: string; status: string; id: string }[];
let hookUrl: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "attestream-kill-"));
  undo = new AsyncDisposableStack();
  undo.defer(() => rmSync(home, { recursive: true, force: true }));
  hooks = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      hooks.push({ ...JSON.parse(body), id: String(request.headers["webhook-id"]) });
      response.writeHead(204).end();
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  undo.defer(() => receiver.close().closeAllConnections());
  hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterEach(() => undo.disposeAsync());

async function startApi(engine: "pglite" | "postgres"): Promise<void> {
  postgres = engine === "postgres" ? undo.use(await startPostgres()) : null;
  // The same port after the restart, so that the worker finds it again.
  const probe = createSocketServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await once(probe.close(), "close");
  base = `http://127.0.0.1:${port}`;
  const start = async () => {
    api = runProgram(home, {
      PORT: String(port),
      WORKER_TOKEN: workerToken,
      BOOTSTRAP_API_KEY: key,
      MASTER_KEY: "master-key-of-the-kill-table-0123456789",
      WEBHOOK_DEV_HOSTS: new URL(hookUrl).host,
      RATE_LIMIT_REQUESTS: "100000",
      LOG_LEVEL: "error",
      ...(postgres ? { DATABASE_URL: postgres.url } : {}),
    });
    await api.ready;
  };
  restart = async () => {
    api.child.kill("SIGKILL");
    await api.exited;
    await start();
  };
  await start();
  undo.defer(async () => {
    api.child.kill("SIGKILL");
    await api.exited;
  });
}

async function call(path: string, body?: object) {
  const response = await fetch(`${base}${path}`, {
    method: body ? "POST" : "GET",
    headers: { "x-api-key": key, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return (answer as { data: never }).data as ReturnType<typeof JSON.parse>;
}

const statusOf = async (id: string): Promise<SessionStatus> => (await call(`/partner/browser-session/${id}`)).status;

async function reached(id: string, wanted: SessionStatus): Promise<void> {
  const patience = AbortSignal.timeout(30_000);
  for (let seen = ""; seen !== wanted; await delay(50)) {
    if (patience.aborted)
      throw new Error(`A session is ${seen} and not ${wanted}. The API said:\n${api.output().slice(-2000)}`);
    seen = await statusOf(id).catch((error: unknown) => String(error));
  }
}

/** One session for each status that can be held, and one whose data is on its way. */
async function spread(worker: FakeWorker): Promise<Map<SessionStatus, string>> {
  const sessions = new Map<SessionStatus, string>();
  for (const status of [...held, "VERIFYING" as const]) {
    const { sessionId } = await call("/partner/browser-session", {
      platformId: 1,
      webhookUrl: hookUrl,
      consent: false,
    });
    await worker.nextOf("assign", sessionId);
    sessions.set(status, sessionId);
    await advance(worker, sessionId, "CREATED", status === "VERIFYING" ? "COLLECTING_DATA" : status);
  }
  const { sessionId } = await call("/partner/browser-session", { platformId: 1, webhookUrl: hookUrl, consent: false });
  return new Map([["CREATED", sessionId], ...sessions]);
}

async function advance(worker: FakeWorker, id: string, from: SessionStatus, to: SessionStatus): Promise<void> {
  const start = way.findIndex(({ reaches }) => reaches === from) + 1;
  for (const step of way.slice(start)) {
    for (const report of step.reports) worker.report(id, report);
    if (step.reaches !== "VERIFYING") await reached(id, step.reaches);
    if (step.reaches === to) return;
  }
}

function startWorker(): Promise<FakeWorker> {
  // Room for all but one: the last session waits in CREATED.
  return startFakeWorker({ apiUrl: base, workerToken, capacity: held.length + 1 });
}

async function expectEnd(
  sessions: Map<SessionStatus, string>,
  end: (status: SessionStatus) => SessionStatus,
): Promise<void> {
  for (const [status, id] of sessions) await reached(id, end(status));
  const ended = [...sessions].filter(([status]) => end(status) !== "CREATED").map(([, id]) => id);
  while (new Set(hooks.map(({ sessionId }) => sessionId)).size < ended.length) await delay(50);
  expect(new Set(hooks.map(({ sessionId }) => sessionId))).toEqual(new Set(ended));
  // At least once on the wire, once as an event.
  expect(new Set(hooks.map(({ id }) => id)).size).toBe(ended.length);
}

it.each(["pglite", "postgres"] as const)(
  "the API killed at every status, on %s: every session goes on where it was and is completed",
  async (engine) => {
    await startApi(engine);
    const worker = await startWorker();
    undo.defer(() => worker.stop());
    const sessions = await spread(worker);
    worker.report(String(sessions.get("VERIFYING")), { type: "data.extracted", result });
    await restart();
    for (const status of held) expect(await statusOf(String(sessions.get(status)))).toBe(status);
    await worker.connect();
    for (const status of held) await advance(worker, String(sessions.get(status)), status, "VERIFYING");
    sessions.delete("CREATED");
    await expectEnd(sessions, () => "COMPLETED");
  },
  180_000,
);

it("the worker killed at every status: before the user was connected back to the queue, after that WORKER_LOST", async () => {
  await startApi("pglite");
  const worker = await startWorker();
  const sessions = await spread(worker);
  worker.report(String(sessions.get("VERIFYING")), { type: "data.extracted", result });
  await reached(String(sessions.get("VERIFYING")), "COMPLETED");
  await worker.stop();
  const requeued: SessionStatus[] = ["CREATED", "INITIALIZING", "READY"];
  await expectEnd(sessions, (status) => {
    if (status === "VERIFYING") return "COMPLETED";
    return requeued.includes(status) ? "CREATED" : "ERROR";
  });
  for (const [status, id] of sessions) {
    const { errorCode } = await call(`/partner/browser-session/${id}`);
    expect(errorCode).toBe(requeued.includes(status) || status === "VERIFYING" ? null : "WORKER_LOST");
  }
}, 180_000);

it("the database crashed at every status: every session goes on where it was and is completed", async () => {
  await startApi("postgres");
  const worker = await startWorker();
  undo.defer(() => worker.stop());
  const sessions = await spread(worker);
  await postgres?.crash();
  for (const status of held) await reached(String(sessions.get(status)), status);
  await worker.connect();
  for (const status of held) await advance(worker, String(sessions.get(status)), status, "VERIFYING");
  sessions.delete("CREATED");
  sessions.delete("VERIFYING");
  await expectEnd(sessions, () => "COMPLETED");
}, 180_000);

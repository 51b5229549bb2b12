import { on } from "node:events";
import { WebSocket } from "ws";
import {
  apiHelloSchema,
  apiProofSchema,
  downMessageSchema,
  isTokenProof,
  newLinkNonce,
  proveToken,
  workerProtocolVersion,
  type DownMessage,
  type IsolationLevel,
  type SessionReport,
  type UpMessage,
} from "@attestream/shared/worker-protocol";

type Assignment = Extract<DownMessage, { type: "assign" }>;

export interface FakeWorkerOptions {
  /** Base URL of the API, http. */
  apiUrl: string;
  workerToken: string;
  workerId?: string;
  /** Where viewers would be forwarded to. */
  address?: string;
  capacity?: number;
  /** Warm browsers that heartbeats tell; default: all free slots. */
  warm?: () => number;
  /** Default 100 ms: quicker than real ones, so that tests need not wait. */
  heartbeatMs?: number;
  protocol?: number;
  /** Default L1. */
  isolationLevel?: IsolationLevel;
  /** Sessions it holds from an earlier life, with their epochs. */
  held?: Iterable<[string, number]>;
  /**
   * Reports the happy path by itself: browser on assign, tree and data on start. `viewer` also
   * connects the viewer as soon as the browser is there. Without it the test reports everything.
   */
  auto?: { viewer?: boolean; result?: (assignment: Assignment) => ResultReport["result"] } | false;
}

type ResultReport = Extract<SessionReport, { type: "data.extracted" }>;

export interface FakeWorker {
  readonly workerId: string;
  /** Every message of the API, oldest first. */
  readonly received: readonly DownMessage[];
  /** session id -> epoch of what it holds. */
  readonly held: ReadonlyMap<string, number>;
  /** Sends the next report of a held session; returns its seq. */
  report(sessionId: string, report: SessionReport, options?: { epoch?: number; seq?: number }): number;
  send(message: UpMessage): void;
  /** The first message that fits, of those received and those to come. */
  next(fits: (message: DownMessage) => boolean): Promise<DownMessage>;
  nextOf<Type extends DownMessage["type"]>(
    type: Type,
    sessionId?: string,
  ): Promise<Extract<DownMessage, { type: Type }>>;
  /** Opens the link (again); what it holds and what was not acknowledged is told again. */
  connect(): Promise<void>;
  /** Breaks the link without a closing handshake; keeps what it holds. */
  drop(): void;
  /** Resolves with the close code when the link is gone. */
  readonly closed: Promise<number>;
  /** Frees everything, as if the process had died. */
  stop(): Promise<void>;
}

/** Its stream cannot be looked at: the key belongs to nobody. */
export const browserStarted = {
  type: "browser.started",
  sealKey: "header.statement.signature",
} as const satisfies SessionReport;

/** A worker without browsers: a peer on the real protocol over a real socket. */
export async function startFakeWorker(options: FakeWorkerOptions): Promise<FakeWorker> {
  const workerId = options.workerId ?? `fake-${crypto.randomUUID().slice(0, 8)}`;
  const capacity = options.capacity ?? 4;
  const received: DownMessage[] = [];
  const waiting = new Set<{ fits: (message: DownMessage) => boolean; resolve: (message: DownMessage) => void }>();
  const held = new Map<string, number>(options.held ?? []);
  const assignments = new Map<string, Assignment>();
  const seqs = new Map<string, number>();
  const unacked: Extract<UpMessage, { type: "report" }>[] = [];
  const auto = options.auto ?? false;
  let socket: WebSocket;
  let beating: NodeJS.Timeout | undefined;
  let closed = Promise.resolve(0);

  const send = (message: UpMessage): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const heldList = () => [...held].map(([sessionId, epoch]) => ({ sessionId, epoch }));
  const heartbeat = () => send({ type: "heartbeat", warm: options.warm?.() ?? capacity - held.size, held: heldList() });

  function report(sessionId: string, body: SessionReport, given: { epoch?: number; seq?: number } = {}): number {
    const epoch = given.epoch ?? held.get(sessionId) ?? 0;
    const key = `${sessionId}:${epoch}`;
    const seq = given.seq ?? (seqs.get(key) ?? 0) + 1;
    seqs.set(key, Math.max(seq, seqs.get(key) ?? 0));
    const message = { type: "report" as const, sessionId, epoch, seq, at: new Date().toISOString(), report: body };
    unacked.push(message);
    send(message);
    return seq;
  }

  function obey(message: DownMessage): void {
    if (message.type === "assign") {
      const isNew = held.get(message.sessionId) !== message.epoch;
      held.set(message.sessionId, message.epoch);
      assignments.set(message.sessionId, message);
      if (isNew && auto) {
        report(message.sessionId, browserStarted);
        if (auto.viewer) report(message.sessionId, { type: "viewer.connected" });
      }
    }
    if (message.type === "release") {
      if (held.get(message.sessionId) === message.epoch) held.delete(message.sessionId);
      send({ type: "released", sessionId: message.sessionId, epoch: message.epoch });
      heartbeat();
    }
    if (message.type === "report.acked") {
      const index = unacked.findIndex(
        ({ sessionId, epoch, seq }) =>
          sessionId === message.sessionId && epoch === message.epoch && seq === message.seq,
      );
      if (index >= 0) unacked.splice(index, 1);
    }
    if (message.type === "tree.start" && auto && held.get(message.sessionId) === message.epoch)
      runTree(message.sessionId);
  }

  function runTree(sessionId: string): void {
    const assignment = assignments.get(sessionId);
    if (!assignment || !auto) return;
    const challenge = { id: "login", kind: "login" as const, expiresAt: new Date(Date.now() + 60_000).toISOString() };
    const steps: SessionReport[] = [
      { type: "tree.loaded", version: "1.0.0", hash: assignment.platformHash },
      { type: "tree.started" },
      { type: "progress.advanced", progress: 20 },
      { type: "challenge.raised", challenge },
      { type: "challenge.resolved", challengeId: challenge.id },
      { type: "collection.started" },
      { type: "progress.advanced", progress: 90 },
      { type: "data.extracted", result: auto.result?.(assignment) ?? sampleResult(assignment) },
    ];
    for (const step of steps) report(sessionId, step);
  }

  /** Both ends prove that they know the token; true when it was done. */
  async function greet(link: WebSocket): Promise<boolean> {
    const messages = on(link, "message")[Symbol.asyncIterator]();
    const nextText = async () => String((await messages.next()).value?.[0]);
    const hello = apiHelloSchema.parse(JSON.parse(await nextText()));
    const nonces = { api: hello.nonce, worker: newLinkNonce() };
    const protocol = options.protocol ?? workerProtocolVersion;
    const proof = await proveToken(options.workerToken, "worker", nonces);
    link.send(JSON.stringify({ type: "hello", protocol, nonce: nonces.worker, proof }));
    const answer = apiProofSchema.parse(JSON.parse(await nextText()));
    await messages.return?.();
    return isTokenProof(options.workerToken, "api", nonces, answer.proof);
  }

  async function connect(): Promise<void> {
    socket = new WebSocket(`${options.apiUrl.replace(/^http/, "ws")}/internal/worker`);
    const own = socket;
    const over = Promise.withResolvers<number>();
    closed = over.promise;
    own.on("error", () => {});
    own.on("close", (code) => {
      if (own === socket) clearInterval(beating);
      over.resolve(code);
    });
    if (!(await Promise.race([greet(own), over.promise.then(() => false)]))) return;
    own.on("message", (data) => {
      // One Buffer: the socket's binaryType is left at its default.
      const message = downMessageSchema.parse(JSON.parse((data as Buffer).toString("utf8")));
      received.push(message);
      obey(message);
      for (const waiter of waiting) {
        if (!waiter.fits(message)) continue;
        waiting.delete(waiter);
        waiter.resolve(message);
      }
    });
    const registered = Promise.race([next((message) => message.type === "registered", received.length), closed]);
    send({
      type: "register",
      workerId,
      address: options.address ?? "127.0.0.1:9",
      capacity,
      isolationLevel: options.isolationLevel ?? "L1",
      browser: { product: "FakeBrowser", version: "1" },
      identityKey: { kty: "EC", kid: workerId },
      held: heldList(),
    });
    await registered;
    for (const message of unacked) send(message);
    heartbeat();
    clearInterval(beating);
    beating = setInterval(heartbeat, options.heartbeatMs ?? 100);
  }

  function next(fits: (message: DownMessage) => boolean, from = 0): Promise<DownMessage> {
    const known = received.slice(from).find(fits);
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => waiting.add({ fits, resolve }));
  }

  await connect();
  return {
    workerId,
    received,
    held,
    report,
    send,
    next: (fits) => next(fits),
    nextOf: async (type, sessionId) =>
      (await next(
        (message) =>
          message.type === type &&
          (sessionId === undefined || ("sessionId" in message && message.sessionId === sessionId)),
      )) as never,
    connect,
    drop() {
      clearInterval(beating);
      socket.terminate();
    },
    get closed() {
      return closed;
    },
    async stop() {
      clearInterval(beating);
      held.clear();
      socket.terminate();
      await closed;
    },
  };
}

function sampleResult(assignment: Assignment): ResultReport["result"] {
  return {
    extractedData: { accountHolder: "Sample Holder", accountType: "checking", lastFourDigits: "1234" },
    failedParts: [],
    workflow: { name: "sample", version: "1.0.0", hash: assignment.platformHash },
    browser: { product: "FakeBrowser", version: "1" },
    isolationLevel: "L1",
  };
}

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import {
  isIsolatedBelow,
  upMessageSchema,
  workerCloseCodes,
  type DownMessage,
  type IsolationLevel,
  type UpMessage,
} from "@attestream/shared/worker-protocol";
import type { Log } from "../http/log.ts";
import { createGreeting } from "./greet-worker.ts";
import { WorkerLink } from "./worker-link.ts";

export const workerPath = "/internal/worker";
/** An extraction result is the largest message. */
const maxPayload = 4 * 1024 * 1024;
const registerWithinMs = 10_000;
/** Links that have not proven themselves, at once. One more ends the oldest: strangers cannot keep workers out by waiting. */
const maxStrangers = 64;

/** What the gateway's owner does with what workers say. Called one after the other per worker; a rejection closes the link, so that the worker comes back and says it again. */
export interface WorkerListener {
  registered(link: WorkerLink, message: Extract<UpMessage, { type: "register" }>): Promise<void>;
  heartbeat(link: WorkerLink, message: Extract<UpMessage, { type: "heartbeat" }>): Promise<void>;
  report(link: WorkerLink, message: Extract<UpMessage, { type: "report" }>): Promise<void>;
  released(link: WorkerLink, message: Extract<UpMessage, { type: "released" }>): Promise<void>;
  closed(link: WorkerLink): void;
}

export interface WorkerGateway {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** False when the worker is not connected here. */
  send(workerId: string, message: DownMessage): boolean;
  links(): WorkerLink[];
  /** Ends links that have said nothing since then. */
  dropSilent(since: Date): void;
  stop(): Promise<void>;
}

/** The control links of the workers: authenticates, parses, keeps order. What the messages mean is the listener's. */
export function createWorkerGateway(deps: {
  workerToken: string;
  heartbeatMs: number;
  leaseMs: number;
  /** A worker of a lower level is refused. */
  minIsolation: IsolationLevel;
  listener: WorkerListener;
  now: () => Date;
  log: Log;
}): WorkerGateway {
  const { workerToken, heartbeatMs, leaseMs, minIsolation, listener, now, log } = deps;
  const server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  const links = new Map<string, WorkerLink>();
  const working = new Set<Promise<void>>();
  let stopping = false;

  const strangers = new Set<WebSocket>();

  function accept(socket: WebSocket, address: string | undefined): void {
    const [oldest] = strangers;
    if (oldest && strangers.size >= maxStrangers) oldest.terminate();
    strangers.add(socket);
    const greeting = createGreeting(workerToken);
    let isProven = false;
    let link: WorkerLink | null = null;
    let queue = Promise.resolve();
    const unregistered = setTimeout(
      () => socket.close(workerCloseCodes.badMessage, "register first"),
      registerWithinMs,
    );

    async function take(message: UpMessage): Promise<void> {
      if (message.type === "register") {
        if (link !== null) return socket.close(workerCloseCodes.badMessage, "registered already");
        if (isIsolatedBelow(message.isolationLevel, minIsolation)) {
          log.warn(
            { workerId: message.workerId, isolationLevel: message.isolationLevel, minIsolation },
            "worker refused: its isolation level is below MIN_ISOLATION",
          );
          return socket.close(workerCloseCodes.isolationTooLow, `MIN_ISOLATION is ${minIsolation} here`);
        }
        clearTimeout(unregistered);
        link = new WorkerLink(socket, message, now());
        links.get(link.id)?.close(workerCloseCodes.superseded, "another link of this worker");
        links.set(link.id, link);
        link.send({ type: "registered", heartbeatMs, leaseMs });
        return listener.registered(link, message);
      }
      if (link === null) return socket.close(workerCloseCodes.badMessage, "register first");
      switch (message.type) {
        case "heartbeat":
          link.beat(message, now());
          return listener.heartbeat(link, message);
        case "report":
          return listener.report(link, message);
        case "released":
          link.released(message.sessionId, message.epoch);
          return listener.released(link, message);
        case "drained":
          log.info({ workerId: link.id }, "worker drained");
          return undefined;
      }
    }

    async function greet(text: string): Promise<void> {
      const outcome = await greeting.answer(text);
      if (!outcome.taken) {
        if (outcome.warning !== null) log.warn({ address }, outcome.warning);
        return socket.close(outcome.code, outcome.reason);
      }
      isProven = true;
      strangers.delete(socket);
      socket.send(JSON.stringify(outcome.answer));
    }

    function breaksProtocol(): void {
      log.warn({ workerId: link?.id }, "worker sent a message that breaks the protocol");
      socket.close(workerCloseCodes.badMessage, "not a message of this protocol");
    }

    socket.send(JSON.stringify(greeting.hello));
    socket.on("message", (data, isBinary) => {
      // Nothing more is read of a link that has been told to go.
      if (socket.readyState !== socket.OPEN) return;
      if (isBinary) return breaksProtocol();
      const text = textOf(data);
      const step = queue
        .then(() => {
          if (socket.readyState !== socket.OPEN) return undefined;
          if (!isProven) return greet(text);
          const message = parseUp(text);
          return message === null ? breaksProtocol() : take(message);
        })
        .catch((error: unknown) => {
          log.error(
            { workerId: link?.id, err: error instanceof Error ? error.stack : String(error) },
            "worker message could not be applied",
          );
          socket.close(workerCloseCodes.apiStopping, "try again");
        });
      queue = step;
      working.add(step);
      void step.then(() => working.delete(step));
    });
    socket.on("error", (error) =>
      log.warn({ workerId: link?.id, code: "code" in error ? error.code : undefined }, "worker link failed"),
    );
    socket.on("close", () => {
      clearTimeout(unregistered);
      strangers.delete(socket);
      if (link === null || links.get(link.id) !== link) return;
      links.delete(link.id);
      listener.closed(link);
    });
  }

  return {
    handleUpgrade(request, socket, head) {
      // No worker is a page. A page of another site may well try: nothing keeps it from opening sockets to loopback.
      if (request.headers.origin !== undefined) {
        log.warn({ address: request.socket.remoteAddress }, "worker link refused: it comes from a web page");
        socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on("error", () => {});
        if (stopping) webSocket.close(workerCloseCodes.apiStopping, "stopping");
        else accept(webSocket, request.socket.remoteAddress);
      });
    },
    send: (workerId, message) => links.get(workerId)?.send(message) ?? false,
    links: () => [...links.values()],
    dropSilent(since) {
      for (const link of links.values()) if (link.seenAt < since) link.terminate();
    },
    async stop() {
      stopping = true;
      for (const socket of server.clients) socket.close(workerCloseCodes.apiStopping, "stopping");
      await Promise.all(working);
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

/** Text messages come as one Buffer: the socket's binaryType is left at its default. */
function textOf(data: RawData): string {
  return (data as Buffer).toString("utf8");
}

function parseUp(text: string): UpMessage | null {
  try {
    const parsed = upMessageSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

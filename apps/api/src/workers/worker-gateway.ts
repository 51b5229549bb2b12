import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import {
  upMessageSchema,
  workerCloseCodes,
  workerProtocolVersion,
  type DownMessage,
  type UpMessage,
} from "@attestream/shared/worker-protocol";
import type { Log } from "../http/log.ts";
import { WorkerLink } from "./worker-link.ts";

export const workerPath = "/internal/worker";
/** An extraction result is the largest message. */
const maxPayload = 4 * 1024 * 1024;
const registerWithinMs = 10_000;

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
  listener: WorkerListener;
  now: () => Date;
  log: Log;
}): WorkerGateway {
  const { workerToken, heartbeatMs, leaseMs, listener, now, log } = deps;
  const server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  const links = new Map<string, WorkerLink>();
  const working = new Set<Promise<void>>();
  let stopping = false;

  function accept(socket: WebSocket): void {
    let link: WorkerLink | null = null;
    let queue = Promise.resolve();
    const unregistered = setTimeout(
      () => socket.close(workerCloseCodes.badMessage, "register first"),
      registerWithinMs,
    );

    async function take(message: UpMessage): Promise<void> {
      if (message.type === "register") {
        if (link !== null) return socket.close(workerCloseCodes.badMessage, "registered already");
        if (message.protocol !== workerProtocolVersion)
          return socket.close(workerCloseCodes.protocolMismatch, `protocol ${workerProtocolVersion} is spoken here`);
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

    socket.on("message", (data, isBinary) => {
      const message = isBinary ? null : parseUp(data);
      if (!message) {
        log.warn({ workerId: link?.id }, "worker sent a message that breaks the protocol");
        socket.close(workerCloseCodes.badMessage, "not a message of this protocol");
        return;
      }
      queue = queue
        .then(() => take(message))
        .catch((error: unknown) => {
          log.error(
            { workerId: link?.id, message: message.type, err: error instanceof Error ? error.stack : String(error) },
            "worker message could not be applied",
          );
          socket.close(workerCloseCodes.apiStopping, "try again");
        });
      const step = queue;
      working.add(step);
      void step.then(() => working.delete(step));
    });
    socket.on("error", (error) =>
      log.warn({ workerId: link?.id, code: "code" in error ? error.code : undefined }, "worker link failed"),
    );
    socket.on("close", () => {
      clearTimeout(unregistered);
      if (link === null || links.get(link.id) !== link) return;
      links.delete(link.id);
      listener.closed(link);
    });
  }

  return {
    handleUpgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (webSocket) => {
        // The handshake is completed first: only a close code tells the worker what to do next.
        if (!isAuthorized(request, workerToken)) {
          log.warn({ address: request.socket.remoteAddress }, "worker refused: its WORKER_TOKEN is not ours");
          webSocket.on("error", () => {});
          webSocket.close(workerCloseCodes.unauthorized, "WORKER_TOKEN is not the API's");
        } else if (stopping) webSocket.close(workerCloseCodes.apiStopping, "stopping");
        else accept(webSocket);
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

/** Compares digests, so that neither content nor length shows in the time. */
function isAuthorized(request: IncomingMessage, workerToken: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(workerToken));
}

function parseUp(data: RawData): UpMessage | null {
  try {
    // Text messages come as one Buffer: the socket's binaryType is left at its default.
    const parsed = upMessageSchema.safeParse(JSON.parse((data as Buffer).toString("utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

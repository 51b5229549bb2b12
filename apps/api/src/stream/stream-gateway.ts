import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Kysely } from "kysely";
import { AppError } from "@attestream/shared";
import { viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { mintViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import type { FrameAddresses } from "../embed/frame-addresses.ts";
import type { Log } from "../http/log.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { isDatabaseOutage } from "../storage/database-outage.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import { createAdmission, type Admission } from "./admit-viewer.ts";
import { answerRefusal } from "./answer-refusal.ts";
import { connectWorker } from "./connect-worker.ts";
import { createOpenStreams } from "./open-streams.ts";
import { defaultStreamTiming, type StreamTiming } from "./stream-timing.ts";
import { streamTicketKey } from "./stream-ticket.ts";
import { parseUpgradeRequest, type UpgradeRequest } from "./upgrade-request.ts";

export interface StreamGateway {
  /** For upgrades of `/session/:id`. Answers the socket in any case. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends the streams of a session's earlier viewers. */
  closeOthers(sessionId: string, viewerId: string): void;
  /** Refuses new streams, closes the open ones and resolves when they are gone. */
  close(): Promise<void>;
}

export interface StreamGatewayDependencies {
  db: Kysely<Database>;
  masterKey: Uint8Array;
  sessions: Pick<SessionService, "get" | "onChange">;
  workers: { addressOf(session: SessionRow): Promise<string | null> };
  workerToken: string;
  addresses(): FrameAddresses;
  publicUrl(): string;
  newId: () => string;
  clock: () => Date;
  log: Log;
  timing?: Partial<StreamTiming>;
}

/**
 * The viewer's way to the worker that holds its session. Checks who it is, passes the handshake on
 * and then moves bytes; it neither answers 101 nor can it read a frame or a key stroke: they are sealed for the worker.
 */
export function createStreamGateway(deps: StreamGatewayDependencies): StreamGateway {
  const timing = { ...defaultStreamTiming, ...deps.timing };
  const admit = createAdmission({
    db: deps.db,
    ticketKey: streamTicketKey(deps.masterKey),
    sessions: deps.sessions,
    workers: deps.workers,
    frameOrigins: () => deps.addresses().frameOrigins,
    clock: deps.clock,
  });
  const streams = createOpenStreams({ db: deps.db, sessions: deps.sessions, timing, clock: deps.clock, log: deps.log });
  const arriving = new Set<Promise<void>>();
  const stopping = new AbortController();

  async function open(request: IncomingMessage, viewer: Duplex, head: Buffer): Promise<void> {
    const requestId = deps.newId();
    const refuse = (error: AppError) => answerRefusal(viewer, error, { requestId, publicUrl: deps.publicUrl() });
    const forget = () => viewer.destroy();
    viewer.on("error", forget);
    const deadline = AbortSignal.any([AbortSignal.timeout(timing.admit), stopping.signal]);
    let sessionId: string | null = null;
    try {
      const upgrade = parseUpgradeRequest(request);
      sessionId = upgrade.sessionId;
      const admission = await within(deadline, admit(upgrade));
      const handshake = await forwardedHandshake(upgrade, admission);
      const worker = await connectWorker(admission.workerAddress, {
        timeoutMs: timing.connect,
        signal: deadline,
      }).catch((cause: unknown) => {
        throw new AppError("session_has_no_browser", {
          message: "The session's browser cannot be reached at the moment.",
          cause,
        });
      });
      // No wait from here to the tunnel: neither socket can close unseen in between.
      if (viewer.destroyed || stopping.signal.aborted) {
        worker.destroy();
        viewer.destroy();
        return;
      }
      worker.write(handshake);
      if (head.length > 0) worker.write(head);
      streams.add(admission, viewer, worker, requestId);
    } catch (error) {
      const refusal = refusalOf(error);
      deps.log[error instanceof AppError ? "info" : "error"](
        { op: "stream", ok: false, requestId, sessionId, errorCode: refusal.code, err: nameOf(refusal.cause) },
        "stream refused",
      );
      if (viewer.destroyed) return;
      refuse(refusal);
    }
  }

  /** Rebuilt, not copied: no cookie, no ticket, no origin and no extension (compression) reaches the worker. */
  async function forwardedHandshake(
    upgrade: UpgradeRequest,
    { session, viewerId, turn, workerAddress }: Admission,
  ): Promise<string> {
    const pass = await mintViewerPass(deps.workerToken, {
      sessionId: session.id,
      epoch: session.epoch,
      viewerId,
      turn,
      expiresAt: deps.clock().getTime() + timing.pass,
    });
    return [
      `GET /session/${session.id} HTTP/1.1`,
      `Host: ${workerAddress}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${upgrade.key}`,
      `Sec-WebSocket-Protocol: ${viewerSubprotocol}, ${upgrade.seal}`,
      `${viewerPassHeader}: ${pass}`,
      "",
      "",
    ].join("\r\n");
  }

  return {
    handleUpgrade(request, socket, head) {
      const done = open(request, socket, head).finally(() => arriving.delete(done));
      arriving.add(done);
    },

    closeOthers: streams.closeOthers,

    async close() {
      stopping.abort(
        new AppError("storage_unavailable", { message: "The server is stopping. Connect again shortly." }),
      );
      await Promise.all(arriving);
      await streams.closeAll();
    },
  };
}

/** The promise's value, unless the signal aborts first; then its reason. */
async function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function refusalOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const late = error instanceof DOMException && error.name === "TimeoutError";
  return new AppError(late || isDatabaseOutage(error) ? "storage_unavailable" : "internal", { cause: error });
}

/** A code or a name; a message may quote what was asked for. */
function nameOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { SealError } from "@attestream/sealed-channel/worker";
import { maxViewerMessageBytes, sealSubprotocolPrefix, viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { checkViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import { kindOf } from "../kind-of.ts";
import type { Viewing } from "../session/session-state.ts";
import { ViewerConnection } from "./viewer-connection.ts";

export interface ViewerGatewayOptions {
  workerToken: string;
  log: Logger;
  /** The stream of a session that this worker holds under this epoch, and the key it is sealed with. */
  findViewing: (sessionId: string, epoch: number) => Viewing | null;
  now: () => Date;
}

const refusals = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  409: "Conflict",
} as const;

/**
 * Where viewers arrive, forwarded by the API with a pass. Answers 101 only for a session that lives
 * here and has no other viewer, or one that it was handed over from.
 */
export class ViewerGateway {
  readonly #options: ViewerGatewayOptions;
  readonly #http = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: maxViewerMessageBytes,
    perMessageDeflate: false,
    handleProtocols: () => viewerSubprotocol,
  });

  constructor(options: ViewerGatewayOptions) {
    this.#options = options;
    this.#http.on("request", (request, response) => {
      const alive = request.method === "GET" && request.url === "/healthz";
      response
        .writeHead(alive ? 200 : 404, { "content-type": "application/json" })
        .end(alive ? '{"status":"ok"}' : '{"status":"error"}');
    });
    this.#http.on("upgrade", (request, socket, head) => void this.#upgrade(request, socket, head));
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", (error: NodeJS.ErrnoException) => {
        const taken = error.code === "EADDRINUSE";
        reject(
          taken
            ? new Error(`WORKER_PORT: port ${port} on ${host} is taken; choose another, or 0 for any free one`, {
                cause: error,
              })
            : error,
        );
      });
      this.#http.listen(port, host, resolve);
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    const closed = new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
    this.#http.closeAllConnections();
    await closed;
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    try {
      const found = await this.#admit(request);
      if (typeof found === "number") return refuse(socket, found);
      const seal = await found.sealKey.accept(found.offer);
      // Asked here, in one turn with the attachment: of two that arrive together one is refused.
      if (!found.stream.admits(found)) return refuse(socket, 409);
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        found.stream.attach(new ViewerConnection(webSocket, found, seal));
      });
    } catch (error) {
      if (!(error instanceof SealError)) this.#options.log.error({ kind: kindOf(error) }, "a viewer was not taken");
      refuse(socket, 400);
    }
  }

  async #admit(
    request: IncomingMessage,
  ): Promise<keyof typeof refusals | (Viewing & { viewerId: string; turn: number; offer: string })> {
    const sessionId = /^\/session\/([0-9a-f-]{36})$/.exec((request.url ?? "").split("?")[0] ?? "")?.[1];
    if (sessionId === undefined) return 404;
    const pass = request.headers[viewerPassHeader];
    const claims =
      typeof pass === "string" ? await checkViewerPass(this.#options.workerToken, pass, this.#options.now()) : null;
    if (claims === null || claims.sessionId !== sessionId) return 401;
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    const offer = offered.find((name) => name.startsWith(sealSubprotocolPrefix))?.slice(sealSubprotocolPrefix.length);
    if (!offered.includes(viewerSubprotocol) || offer === undefined) return 400;
    const viewing = this.#options.findViewing(sessionId, claims.epoch);
    return viewing === null ? 404 : { ...viewing, viewerId: claims.viewerId, turn: claims.turn, offer };
  }
}

function refuse(socket: Duplex, status: keyof typeof refusals): void {
  socket.end(`HTTP/1.1 ${status} ${refusals[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

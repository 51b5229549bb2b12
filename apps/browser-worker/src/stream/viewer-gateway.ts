import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { maxViewerMessageBytes, viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { checkViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import { WebSocketServer } from "ws";
import type { SessionStream } from "./session-stream.ts";
import { ViewerConnection } from "./viewer-connection.ts";

export interface ViewerGatewayOptions {
  workerToken: string;
  /** The stream of a session that this worker holds under this epoch. */
  findStream: (sessionId: string, epoch: number) => SessionStream | null;
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
 * here and has no other viewer.
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
      // Asked here, in one turn with the attachment: of two that arrive together one is refused.
      if (found.stream.viewerId !== null && found.stream.viewerId !== found.viewerId) return refuse(socket, 409);
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        found.stream.attach(new ViewerConnection(webSocket, found.viewerId));
      });
    } catch {
      refuse(socket, 400);
    }
  }

  async #admit(request: IncomingMessage): Promise<keyof typeof refusals | { stream: SessionStream; viewerId: string }> {
    const sessionId = /^\/session\/([0-9a-f-]{36})$/.exec((request.url ?? "").split("?")[0] ?? "")?.[1];
    if (sessionId === undefined) return 404;
    const pass = request.headers[viewerPassHeader];
    const claims =
      typeof pass === "string" ? await checkViewerPass(this.#options.workerToken, pass, this.#options.now()) : null;
    if (claims === null || claims.sessionId !== sessionId) return 401;
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    if (!offered.includes(viewerSubprotocol)) return 400;
    const stream = this.#options.findStream(sessionId, claims.epoch);
    return stream === null ? 404 : { stream, viewerId: claims.viewerId };
  }
}

function refuse(socket: Duplex, status: keyof typeof refusals): void {
  socket.end(`HTTP/1.1 ${status} ${refusals[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

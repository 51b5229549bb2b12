import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** The port cannot be listened on. The message names the setting and the remedy. */
export class ListenError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ListenError";
  }
}

export interface Listener {
  server: Server;
  port: number;
  /** From now on requests and upgrades are served; before, they are told to come back. */
  serve(
    onRequest: (request: IncomingMessage, response: ServerResponse) => void,
    onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
  ): void;
  /** Takes nothing new, lets requests under way end for `graceMs`, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

export interface ListenLimits {
  maxConnections: number;
  /** From the connection, or the end of the request before, to the last byte of the headers. */
  headersTimeoutMs?: number;
  /** To the last byte of the body. */
  requestTimeoutMs?: number;
  /** More sockets than may be open asked to be let in. Called once a minute at most. */
  onFull?: () => void;
}

/** A request that a client drips byte by byte is cut off; Node looks every 30 s unless told otherwise. */
const checksPerTimeout = 5;
/** Then the client has to connect again: no connection is anybody's for ever. */
const requestsPerConnection = 1_000;

/** Takes the port before anything else is started: a taken port is told at once, and a free one (PORT=0) is known. */
export async function listen(host: string, port: number, limits: ListenLimits): Promise<Listener> {
  const { headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = limits;
  let onRequest = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(503, { "Retry-After": "1", "content-type": "text/plain" }).end("starting\n");
  };
  let onUpgrade = (_request: IncomingMessage, socket: Duplex, _head: Buffer): void => {
    socket.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\n");
  };
  const server = createServer({
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.ceil(headersTimeoutMs / checksPerTimeout),
    // Longer than proxies and load balancers keep theirs: they must be the ones that close.
    keepAliveTimeout: 65_000,
  });
  server.maxRequestsPerSocket = requestsPerConnection;
  server.maxConnections = limits.maxConnections;
  let toldFull = false;
  server.on("drop", () => {
    // Who asks comes before who only holds on.
    server.closeIdleConnections();
    if (toldFull) return;
    toldFull = true;
    limits.onFull?.();
    setTimeout(() => (toldFull = false), 60_000).unref();
  });
  server.on("request", (request, response) => onRequest(request, response));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A socket that breaks before anybody listens must not end the process.
    socket.on("error", () => socket.destroy());
    onUpgrade(request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new ListenError(`PORT ${port} gave no TCP address`);
  return {
    server,
    port: address.port,
    serve(request, upgrade) {
      onRequest = request;
      onUpgrade = upgrade;
    },
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const told = {
    EADDRINUSE: `PORT ${port} on ${host} is taken by another program. Stop it, or set PORT to a free port (0 takes any).`,
    EACCES: `PORT ${port} may not be used by this user. Set PORT to 1024 or more.`,
    EADDRNOTAVAIL: `HOST ${host} is not an address of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all.`,
    ENOTFOUND: `HOST ${host} cannot be resolved. Set HOST to an address of this machine.`,
  }[error.code ?? ""];
  return new ListenError(told ?? `PORT ${port} on ${host} cannot be listened on (${error.code ?? error.message}).`, {
    cause: error,
  });
}

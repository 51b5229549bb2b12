import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { createAddressGuard, type AddressGuard, type Resolve } from "@attestream/address-guard";
import { dial, dialPublic, EgressRefused, type Dial } from "./dial-public.ts";
import { denyAll, type EgressPolicy } from "./egress-policy.ts";
import { listenOnSocket } from "./listen-on-socket.ts";
import { readPeerOwner, type PeerOwner } from "./peer-uid.ts";

/** How the proxies of all slots reach the net. */
export interface EgressNetwork {
  resolve: Resolve;
  /** Default: without further networks of the operator's. */
  guard?: AddressGuard;
  dial?: Dial;
}

interface EgressProxyOptions extends EgressNetwork {
  /** The slot's user: on loopback only its connections are served, a socket is given to it. Undefined where all slots share one user. */
  uid: number | undefined;
  log: Logger;
}

/** Where the browser finds the proxy. A socket lies in a folder of the worker's that its user may pass through. */
export type EgressAddress = { loopback: true } | { socketPath: string };

const mostRefusedHosts = 1_000;

/**
 * The only way out for one slot's browser: an HTTP proxy on loopback or a Unix socket that refuses everything until a
 * session has set its policy. Tunnels bytes (CONNECT) and forwards plain http; sees no plaintext of https.
 */
export class EgressProxy {
  readonly #options: EgressProxyOptions;
  readonly #server = createServer();
  readonly #sockets = new Set<Duplex>();
  #policy: EgressPolicy = denyAll;
  #refusals = new Map<string, number>();
  #port = 0;
  /** Set where it listens on a socket. */
  #removeSocket: (() => Promise<void>) | undefined;
  /** Of connections on loopback; asked when they are accepted. */
  readonly #owners = new WeakMap<Socket, Promise<PeerOwner>>();

  constructor(options: EgressProxyOptions) {
    this.#options = options;
    this.#server.on("connection", (socket) => this.#accept(socket));
    this.#server.on("connect", (request, socket: Duplex, head) => void this.#tunnel(request, socket, head));
    this.#server.on("request", (request, response) => void this.#forward(request, response));
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** On loopback; 0 on a socket. */
  get port(): number {
    return this.#port;
  }

  /** Host names that were refused since the policy was set, with how often. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#refusals;
  }

  async listen(at: EgressAddress = { loopback: true }): Promise<void> {
    if ("socketPath" in at) {
      this.#removeSocket = await listenOnSocket(this.#server, at.socketPath, this.#options.uid);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  setPolicy(policy: EgressPolicy): void {
    this.#policy = policy;
    this.#refusals = new Map();
  }

  async close(): Promise<void> {
    this.#policy = denyAll;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#removeSocket?.();
  }

  async #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const target = /^(.+):(\d{1,5})$/.exec(request.url ?? "");
    try {
      const upstream = await this.#open(request.socket, target?.[1] ?? "", Number(target?.[2] ?? 0));
      if (client.destroyed) return void upstream.destroy();
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) upstream.write(head);
      client.pipe(upstream);
      upstream.pipe(client);
    } catch (error) {
      client.end(`HTTP/1.1 ${statusFor(error)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    }
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? "");
      if (url.protocol !== "http:") throw new EgressRefused("only http is forwarded");
      const upstream = await this.#open(request.socket, url.hostname, Number(url.port || 80));
      const { "proxy-connection": _dropped, "proxy-authorization": _alsoDropped, ...headers } = request.headers;
      const outgoing = requestHttp(
        {
          createConnection: () => upstream,
          method: request.method,
          path: url.pathname + url.search,
          headers: { ...headers, host: url.host, connection: "close" },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      outgoing.on("error", () => response.destroy());
      response.on("close", () => upstream.destroy());
      request.pipe(outgoing);
    } catch (error) {
      response.writeHead(Number(statusFor(error).slice(0, 3)), { "content-length": 0, connection: "close" }).end();
    }
  }

  async #open(client: Socket, host: string, port: number): Promise<Socket> {
    const { resolve, guard = createAddressGuard(), dial: connect = dial } = this.#options;
    await this.#checkOwner(client);
    const decision = this.#policy.decide(host, port);
    try {
      if (decision.kind === "refused") throw new EgressRefused(decision.reason);
      const upstream =
        decision.kind === "dial"
          ? await connect(decision.address, decision.port)
          : await dialPublic(decision.host, decision.port, { resolve, guard, dial: connect });
      this.#track(upstream);
      return upstream;
    } catch (error) {
      if (error instanceof EgressRefused) this.#countRefusal(host, error.message);
      throw error;
    }
  }

  /** A socket needs no such check: the file's owner and mode hold. */
  async #checkOwner(client: Socket): Promise<void> {
    const { uid } = this.#options;
    if (uid === undefined || this.#removeSocket) return;
    const owner: PeerOwner = (await this.#owners.get(client)) ?? { kind: "unknown" };
    if (owner.kind === "user" && owner.uid === uid) return;
    if (owner.kind !== "gone") this.#options.log.warn({ uid, owner }, "egress refused: not this slot's browser");
    throw new EgressRefused("not this slot's browser");
  }

  #countRefusal(host: string, reason: string): void {
    const name = host.slice(0, 255).toLowerCase();
    const count = this.#refusals.get(name) ?? 0;
    // Bounded: a page could ask for ever new names.
    if (count === 0 && this.#refusals.size >= mostRefusedHosts) return;
    this.#refusals.set(name, count + 1);
    if (count === 0) this.#options.log.info({ host: name, reason }, "egress refused");
  }

  #accept(socket: Socket): void {
    this.#track(socket);
    if (this.#options.uid !== undefined && !this.#removeSocket) this.#owners.set(socket, readPeerOwner(socket));
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
    // One that was on its way while the proxy closed.
    if (!this.#server.listening) socket.destroy();
  }
}

function statusFor(error: unknown): string {
  return error instanceof EgressRefused ? "403 Forbidden" : "502 Bad Gateway";
}

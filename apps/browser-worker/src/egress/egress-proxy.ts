import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createAddressGuard, dialAddress, type AddressGuard, type Resolve } from "@attestream/address-guard";
import type { EgressReport } from "@attestream/shared/worker-protocol";
import type { Logger } from "pino";
import { dialPublic, EgressRefused, type Dial } from "./dial-public.ts";
import { defaultEgressLimits, EgressMeter, type EgressLimits } from "./egress-limits.ts";
import { denyAll, type EgressPolicy } from "./egress-policy.ts";
import { EgressTally } from "./egress-tally.ts";
import { joinStreams } from "./join-streams.ts";
import { listenOnSocket } from "./listen-on-socket.ts";
import type { ConnectionTap, ConnectionWitness } from "./connection-witness.ts";
import { readPeerOwner, type PeerOwner } from "./peer-uid.ts";
import { dialThrough, UpstreamFailed, type UpstreamProxy } from "./upstream-proxy.ts";

/** How the proxies of all slots reach the net. */
export interface EgressNetwork {
  resolve: Resolve;
  /** Default: without further networks of the operator's. */
  guard?: AddressGuard;
  limits?: EgressLimits;
  dial?: Dial;
}

interface EgressProxyOptions extends EgressNetwork {
  /** The slot's user: on loopback only its connections are served, a socket is given to it. Undefined where all slots share one user. */
  uid: number | undefined;
  log: Logger;
}

interface OpenedSite {
  site: Socket;
  meter: EgressMeter;
  /** Null: nobody watches. */
  tap: ConnectionTap | null;
}

const strangerMs = 1_000;

/** Where the browser finds the proxy. A socket lies in a folder of the worker's that its user may pass through. */
export type EgressAddress = { loopback: true } | { socketPath: string };

/**
 * The only way out for one slot's browser: an HTTP proxy on loopback or a Unix socket that refuses everything until a
 * session has set its policy. Tunnels bytes (CONNECT) and forwards plain http; sees no plaintext of https.
 */
export class EgressProxy {
  readonly #options: EgressProxyOptions;
  readonly #server = createServer();
  readonly #sockets = new Set<Duplex>();
  readonly #guard: AddressGuard;
  readonly #dial: Dial;
  #dialPublic: Dial;
  #policy: EgressPolicy = denyAll;
  #meter: EgressMeter;
  #tally = new EgressTally();
  #port = 0;
  #witness: ConnectionWitness | null = null;
  /** The browser's end of each tunnel, and where it leads. */
  readonly #tunnels = new Map<Socket, string>();
  /** Set where it listens on a socket. */
  #removeSocket: (() => Promise<void>) | undefined;
  /** Of connections on loopback; asked when they are accepted. */
  readonly #owners = new WeakMap<Socket, Promise<PeerOwner>>();

  constructor(options: EgressProxyOptions) {
    this.#options = options;
    this.#guard = options.guard ?? createAddressGuard();
    this.#dial = options.dial ?? dialAddress;
    this.#dialPublic = this.#dial;
    this.#meter = this.#createMeter();
    // Those that ask for nothing, or were refused and stay, are no burden for long.
    this.#server.maxConnections = 2 * this.#meter.limits.connections;
    this.#server.on("connection", (socket) => this.#accept(socket));
    this.#server.on("connect", (request, _socket, head) => void this.#tunnel(request, head));
    this.#server.on("request", (request, response) => void this.#forward(request, response));
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** On loopback; 0 on a socket. */
  get port(): number {
    return this.#port;
  }

  /** Hosts that the policy has refused since it was set. */
  get blockedHosts(): ReadonlySet<string> {
    return this.#tally.blockedHosts;
  }

  /** Since the policy was set. */
  get report(): EgressReport {
    return { ...this.#meter.counts, refused: this.#tally.refused, refusals: this.#tally.refusals };
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

  /** Begins a session: its counts and its share start anew. Development hosts are reached without `upstream`. */
  setPolicy(policy: EgressPolicy, upstream?: UpstreamProxy): void {
    this.#policy = policy;
    this.#dialPublic = upstream ? dialThrough(upstream) : this.#dial;
    this.#meter = this.#createMeter();
    this.#tally = new EgressTally();
    this.#witness = null;
  }

  /** From now on tunnels to the hosts that it covers go past it, and those that are there are closed. Null: no more, and what is there stays. */
  setWitness(witness: ConnectionWitness | null): void {
    this.#witness = witness;
    for (const [client, host] of this.#tunnels) if (witness?.covers(host) === true) client.destroy();
  }

  /** Connects to a host as for the browser: where the policy allows it, and to an address that was checked. Not counted. */
  async reach(host: string, port: number, through: (direct: Dial) => Dial): Promise<Socket> {
    const decision = this.#policy.decide(host, port);
    if (decision.kind === "refused") throw new EgressRefused(decision.reason);
    if (decision.kind === "dial") return through(this.#dial)(decision.address, decision.port);
    const { resolve } = this.#options;
    return dialPublic(decision.host, decision.port, { resolve, guard: this.#guard, dial: through(this.#dialPublic) });
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

  async #tunnel(request: IncomingMessage, head: Buffer): Promise<void> {
    const client = request.socket;
    const target = /^(.+):(\d{1,5})$/.exec(request.url ?? "");
    const host = target?.[1] ?? "";
    try {
      const { site, meter, tap } = await this.#openTunnel(client, host, Number(target?.[2] ?? 0));
      if (client.destroyed) return void site.destroy();
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) client.unshift(head);
      this.#tunnels.set(client, host.toLowerCase());
      client.once("close", () => this.#tunnels.delete(client));
      if (tap) {
        client.on("data", (bytes: Buffer) => tap.fromClient(bytes));
        site.on("data", (bytes: Buffer) => tap.fromServer(bytes));
      }
      joinStreams(client, site, meter, () => this.#countRefusal(host, "too many bytes", true));
    } catch (error) {
      client.end(`HTTP/1.1 ${statusFor(error)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    }
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? "");
      if (url.protocol !== "http:") throw new EgressRefused("only http is forwarded");
      const { site, meter } = await this.#open(request.socket, url.hostname, Number(url.port || 80), null);
      const spent = () => {
        this.#countRefusal(url.hostname, "too many bytes", true);
        response.destroy();
      };
      site.setTimeout(meter.limits.idleMs, () => site.destroy());
      const { "proxy-connection": _dropped, "proxy-authorization": _alsoDropped, ...headers } = request.headers;
      const outgoing = requestHttp(
        {
          createConnection: () => site,
          method: request.method,
          path: url.pathname + url.search,
          headers: { ...headers, host: url.host, connection: "close" },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.on("error", () => response.destroy());
          answer.pipe(meter.pass("down", spent)).pipe(response);
        },
      );
      outgoing.on("error", () => response.destroy());
      response.on("close", () => site.destroy());
      request.pipe(meter.pass("up", spent)).pipe(outgoing);
    } catch (error) {
      response.writeHead(Number(statusFor(error).slice(0, 3)), { "content-length": 0, connection: "close" }).end();
    }
  }

  /** A witness may have come while the connection was made past it. */
  async #openTunnel(client: Socket, host: string, port: number): Promise<OpenedSite> {
    const witness = this.#witness;
    const opened = await this.#open(client, host, port, witness);
    if (witness === this.#witness || this.#witness?.covers(host.toLowerCase()) !== true) return opened;
    opened.site.destroy();
    return this.#open(client, host, port, this.#witness);
  }

  async #open(client: Socket, host: string, port: number, witness: ConnectionWitness | null): Promise<OpenedSite> {
    await this.#checkOwner(client);
    const meter = this.#meter;
    let tap: ConnectionTap | null = null;
    const name = host.toLowerCase();
    const past =
      (direct: Dial): Dial =>
      async (address, atPort) => {
        const seen = witness?.covers(name) ? await witness.dial(name, address, atPort) : null;
        tap = seen;
        return seen?.socket ?? direct(address, atPort);
      };
    try {
      const decision = this.#policy.decide(host, port);
      if (decision.kind === "refused") throw new EgressRefused(decision.reason);
      const limit = meter.enter();
      if (limit !== null) throw new EgressRefused(limit, true);
      try {
        const site = await this.reach(host, port, past);
        site.once("close", () => meter.leave());
        this.#track(site);
        return { site, meter, tap };
      } catch (error) {
        meter.leave();
        throw error;
      }
    } catch (error) {
      if (error instanceof EgressRefused) this.#countRefusal(host, error.message, error.isLimit);
      if (error instanceof UpstreamFailed) {
        this.#countRefusal(host, "upstream proxy", true);
        this.#options.log.warn({ host, status: error.status }, "the upstream proxy opened no connection");
      }
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

  #countRefusal(rawHost: string, reason: string, isLimit: boolean): void {
    // What is no name may hold anything.
    const host = reason === "malformed" ? "(malformed)" : rawHost;
    if (this.#tally.add(host, reason, isLimit)) this.#options.log.info({ host, reason }, "egress refused");
  }

  #createMeter(): EgressMeter {
    return new EgressMeter(this.#options.limits ?? defaultEgressLimits, () => performance.now());
  }

  #accept(socket: Socket): void {
    this.#track(socket);
    const { uid } = this.#options;
    if (uid === undefined || this.#removeSocket) return;
    const owner = readPeerOwner(socket);
    this.#owners.set(socket, owner);
    // A stranger may ask, and is refused; it may not stay and fill the places of the slot's browser.
    void owner.then((found) => {
      if (found.kind === "user" && found.uid !== uid) socket.setTimeout(strangerMs, () => socket.destroy());
    });
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
  if (!(error instanceof EgressRefused)) return "502 Bad Gateway";
  return error.isLimit ? "503 Service Unavailable" : "403 Forbidden";
}

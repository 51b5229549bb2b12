import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  createAddressGuard,
  createResolve,
  dialAddress,
  resolvePublic,
  type AddressGuard,
  type Resolve,
} from "@attestream/address-guard";
import type { Logger } from "pino";
import type { GatewayConfig } from "./config.ts";

export interface GatewayDependencies {
  config: GatewayConfig;
  log: Logger;
  resolve?: Resolve;
  guard?: AddressGuard;
  /** Connects to an address that was checked; a parameter for tests. */
  dial?: (address: string, port: number) => Promise<Socket>;
}

export interface EgressGateway {
  port: number;
  stop(): Promise<void>;
}

const webPorts = new Set([80, 443]);
const idleMs = 120_000;

/**
 * The one way out of a network that workers are shut up in. Who knows the token may have a name resolved
 * (`GET /resolve?name=…`) and a connection opened (`CONNECT <address>:<port>`); both only for public addresses
 * and the web's ports, so that a worker that was taken over reaches nothing inside. It takes no names to connect to: the
 * worker checks what its own policy says of each answer first. It sees no plaintext, and logs no name.
 */
export async function createGateway(dependencies: GatewayDependencies): Promise<EgressGateway> {
  const { config, log, resolve = createResolve(), dial = dialAddress } = dependencies;
  const guard = dependencies.guard ?? createAddressGuard({ refused: config.refusedCidrs });
  const isKnown = tokenCheck(config.token);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void answer(request, response));
  server.maxConnections = config.mostConnections;
  server.on("connection", (socket: Socket) => track(socket));
  server.on("connect", (request, socket, head) => void open(request, socket as Socket, head));
  server.on("clientError", (_error, socket) => socket.destroy());

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = URL.parse(request.url ?? "", "http://gateway");
    const send = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.method === "GET" && url?.pathname === "/healthz") return send(200, { status: "ok" });
    if (!isKnown(request.headers.authorization)) return send(401, { error: "unauthorized" });
    if (request.method !== "GET" || url?.pathname !== "/resolve") return send(404, { error: "not_found" });
    const found = await resolvePublic(url.searchParams.get("name") ?? "", { guard, resolve });
    if (found.ok) return send(200, { addresses: found.addresses });
    send(found.reason === "address_refused" ? 403 : 404, { error: found.reason });
  };

  const open = async (request: IncomingMessage, client: Socket, head: Buffer) => {
    const refuse = (status: string) =>
      client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    if (!isKnown(request.headers["proxy-authorization"])) return refuse("407 Proxy Authentication Required");
    const [, address = "", port = ""] = /^\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})$/.exec(request.url ?? "") ?? [];
    if (!webPorts.has(Number(port)) || !guard.isPublic(address)) {
      log.warn({ port: Number(port) }, "a connection was refused");
      return refuse("403 Forbidden");
    }
    const site = await dial(address, Number(port)).catch(() => null);
    if (site === null) return refuse("502 Bad Gateway");
    track(site);
    if (client.destroyed) return void site.destroy();
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) client.unshift(head);
    join(client, site);
  };

  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(config.port, config.host, () => listening());
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Basic authorization, whose password is the token; compared in constant time. */
function tokenCheck(token: string): (header: string | undefined) => boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const wanted = hash(token);
  return (header) => {
    const [, encoded = ""] = /^Basic ([A-Za-z0-9+/=]{1,1000})$/.exec(header ?? "") ?? [];
    const pair = Buffer.from(encoded, "base64").toString("utf8");
    return timingSafeEqual(hash(pair.slice(pair.indexOf(":") + 1)), wanted);
  };
}

/** What one end has sent before it hung up reaches the other. */
function join(client: Socket, site: Socket): void {
  client.setTimeout(idleMs, () => client.destroy());
  client.on("close", () => site.destroy());
  site.on("close", () => {
    if (!site.readableEnded) client.destroy();
  });
  client.pipe(site);
  site.pipe(client);
}

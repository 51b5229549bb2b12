import { randomBytes } from "node:crypto";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { rootCertificates } from "node:tls";
import { createAddressGuard } from "@attestream/address-guard";
import { attestorCloseCodes, controlPath, maxAttestorMessageBytes } from "@attestream/shared/attestor-protocol";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import type { AttestorConfig } from "./config.ts";
import { serveControlConnection } from "./control/control-connection.ts";
import { createObey } from "./control/obey-worker.ts";
import { loadSigningKey } from "./keys/load-signing-key.ts";
import { attachConnectProxy } from "./proxy/connect-proxy.ts";
import { createRecordings } from "./recording/recordings.ts";
import { createTicketOffice } from "./tickets/ticket-office.ts";

export interface Attestor {
  port: number;
  /** Thumbprint of its key: what a worker or a verifier pins. */
  kid: string;
  stop(): Promise<void>;
}

const mostLinks = 64;

/** Wires and starts an attestor. Throws with the remedy in the message. */
export async function createAttestor(options: {
  config: AttestorConfig;
  log: Logger;
  now?: () => Date;
}): Promise<Attestor> {
  const { config, log, now = () => new Date() } = options;
  const key = await loadSigningKey(config.dataDir);
  const recordings = createRecordings(config.limits, now);
  const tickets = createTicketOffice({ now: () => performance.now(), randomBytes });
  const obey = createObey({
    tickets,
    recordings,
    evidence: {
      key,
      roots: [...rootCertificates, ...certificatesIn(config.extraCa)],
      workflows: config.workflows,
      now,
      newSalt: () => randomBytes(16).toString("base64url"),
    },
    guard: createAddressGuard({ refused: config.refusedCidrs }),
    devHosts: config.devHosts,
    mostConnections: config.limits.connections,
    newConnectionId: () => randomBytes(16).toString("hex"),
  });

  const serve: RequestListener = (request, response) => {
    const body = publicPages({ keys: [key.publicJwk] })[request.method === "GET" ? (request.url ?? "") : ""];
    response
      .writeHead(body === undefined ? 404 : 200, { "content-type": "application/json", "cache-control": "no-store" })
      .end(JSON.stringify(body ?? { status: "error" }));
  };
  const server = config.tls ? createHttpsServer(config.tls, serve) : createHttpServer(serve);
  // Those that show no ticket, and stay, are no burden for long.
  server.maxConnections = 4 * config.limits.connections + mostLinks;
  server.headersTimeout = 10_000;
  server.on("clientError", (_error, socket) => socket.destroy());
  const proxy = attachConnectProxy(server, {
    tickets,
    recordings,
    commitWithinMs: config.limits.commitWithinMs,
    log,
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxAttestorMessageBytes,
    perMessageDeflate: false,
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    if (request.url !== controlPath) return void socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (link) => {
      if (sockets.clients.size > mostLinks) return link.close(attestorCloseCodes.tooManyLinks);
      const id = randomBytes(16).toString("hex");
      serveControlConnection({
        socket: link,
        token: config.token,
        key: key.publicJwk,
        obey: (message) => obey(id, message),
        onClose: () => recordings.forgetLink(id),
        log,
      });
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  log.info({ host: config.host, port, kid: key.kid, tls: config.tls !== undefined }, "attestor started");
  return {
    port,
    kid: key.kid,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const link of sockets.clients) link.close(attestorCloseCodes.stopping);
      proxy.close();
      recordings.close();
      server.closeAllConnections();
      for (const link of sockets.clients) link.terminate();
      await closed;
    },
  };
}

function publicPages(jwks: object): Record<string, object> {
  return { "/healthz": { status: "ok" }, "/.well-known/jwks.json": jwks };
}

function certificatesIn(pem: string | undefined): string[] {
  return pem?.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

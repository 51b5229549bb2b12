import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import helmet from "helmet";
import { WebSocketServer } from "ws";
import type { FrameView } from "@attestream/shared/frame-api";
import { viewerSubprotocol } from "@attestream/shared/viewer-protocol";
import { errorEnvelope, nothingHere } from "../../http/error-envelope.ts";
import { silentLog } from "../../http/log.ts";
import { requestId } from "../../http/request-context.ts";
import { createPlatformStore } from "../../platforms/platform-store.ts";
import { createEffectRunner } from "../../sessions/effect-runner.ts";
import { createSessionService } from "../../sessions/create-session-service.ts";
import { deadlineDurations } from "../../sessions/deadlines.ts";
import { createSealer } from "../../storage/encryption.ts";
import { openDatabase } from "../../storage/open-database.ts";
import { createStreamGateway } from "../../stream/stream-gateway.ts";
import type { StreamTiming } from "../../stream/stream-timing.ts";
import { databaseTemplate } from "../../storage/database-template.ts";
import { embedTokenKey, mintEmbedToken } from "../embed-token.ts";
import { createEmbedRoutes } from "../embed.routes.ts";
import { frameAddresses } from "../frame-addresses.ts";

const partnerId = "partner-1";
const workerId = "worker-1";
const definition = {
  format: "platform/1",
  name: "demo-bank",
  displayName: "Demo Bank",
  loginUrl: "https://bank.demo.test/login",
  version: "1.0.0",
  allow: ["bank.demo.test"],
  screens: [{ id: "home", when: { url: "/accounts" }, then: "collect" }],
  collect: [{ id: "account", read: { accountHolder: { css: ".owner" }, accountType: { css: ".type" } } }],
};

/**
 * The entrance as the API wires it, on a real database and real sockets: the frame's routes, the
 * stream gateway, and a WebSocket server on a port of its own in the place of a worker.
 */
export async function startEntrance(
  options: { timing?: Partial<StreamTiming>; queueRefreshMs?: number; databaseUrl?: string | undefined } = {},
) {
  const refusalsPerMinute = 40;
  const folder = await mkdtemp(join(tmpdir(), "attestream-entrance-"));
  const frameDir = join(folder, "frame");
  await mkdir(join(frameDir, "assets"), { recursive: true });
  await writeFile(join(frameDir, "index.html"), "<!doctype html><title>frame</title>");
  await writeFile(join(frameDir, "assets", "frame-ABC.js"), "export {};");

  const masterKey = randomBytes(32);
  const { databaseUrl } = options;
  const database = await openDatabase({ dataDir: join(folder, "data"), databaseUrl, template: databaseTemplate });
  const { db } = database;
  const time = { offsetMs: 0 };
  const clock = () => new Date(Date.now() + time.offsetMs);
  const sessions = createSessionService({
    db,
    sealer: createSealer(masterKey),
    now: clock,
    durations: deadlineDurations({ queueTimeoutMs: 60_000, readyHoldMs: 60_000, viewerGraceMs: 60_000 }),
    outbox: { enqueue: async () => undefined },
    // Dispatch, workers and attestation have tests of their own; here the tests say what happened.
    effects: createEffectRunner(
      {
        "dispatch.request": () => undefined,
        "tree.start": () => undefined,
        "worker.release": () => undefined,
        "attestation.issue": () => undefined,
        "viewer.confirm": () => undefined,
      },
      silentLog,
    ),
    log: silentLog,
  });

  await db
    .insertInto("partners")
    .values({ id: partnerId, name: "Example Rentals", webhook_secrets_enc: new Uint8Array(0) })
    .execute();
  await db
    .insertInto("api_keys")
    .values({
      id: "key-1",
      partner_id: partnerId,
      prefix: "as_test_",
      hash: new Uint8Array(32),
      mode: "test",
      reaches_every_platform: false,
      revoked_at: null,
      last_used_at: null,
    })
    .execute();
  const platform = await db
    .insertInto("platforms")
    .values({ name: "demo-bank", active_hash: "h1", is_active: true, problem: null, updated_at: null })
    .returning("id")
    .executeTakeFirstOrThrow();
  await db
    .insertInto("platform_versions")
    .values({
      platform_id: platform.id,
      hash: "h1",
      version: "1.0.0",
      definition: JSON.stringify(definition),
      icon: null,
    })
    .execute();

  const worker = await startWorker();
  const queue = new Map<string, FrameView["queue"]>();
  const stopping = new AbortController();
  let port = 0;
  const publicUrl = () => `http://localhost:${port}`;
  const gateway = createStreamGateway({
    db,
    masterKey,
    sessions,
    workers: { addressOf: async (session) => (session.worker_id === workerId ? worker.address : null) },
    workerToken: worker.token,
    addresses: () => frameAddresses({ publicUrl: publicUrl() }),
    publicUrl,
    newId: randomUUID,
    clock,
    log: silentLog,
    ...(options.timing ? { timing: options.timing } : {}),
  });
  const app = express();
  app.use(requestId(randomUUID), helmet());
  app.use(
    createEmbedRoutes({
      db,
      masterKey,
      sessions,
      dispatch: { queuePosition: async (id) => queue.get(id) ?? null },
      platforms: createPlatformStore(db),
      addresses: () => frameAddresses({ publicUrl: publicUrl() }),
      frameDir,
      clock,
      viewerGraceMs: 60_000,
      log: silentLog,
      signal: stopping.signal,
      onViewerEntered: (sessionId, viewerId) => gateway.closeOthers(sessionId, viewerId),
      refusalsPerMinute,
      queueRefreshMs: options.queueRefreshMs ?? 50,
    }),
  );
  app.use(nothingHere, errorEnvelope({ publicUrl: "", log: silentLog }));
  const server = createServer(app);
  server.on("upgrade", (request, socket, head) => gateway.handleUpgrade(request, socket, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  const origin = publicUrl();

  return {
    db,
    sessions,
    gateway,
    worker,
    queue,
    frameDir,
    refusalsPerMinute,
    origin,
    streamUrl: (sessionId: string) => `ws://localhost:${port}/session/${sessionId}`,
    /** Moves the clock of the tokens. */
    advance(ms: number) {
      time.offsetMs += ms;
    },
    mintToken: (sessionId: string) => mintEmbedToken(embedTokenKey(masterKey), sessionId, clock(), randomBytes),
    async createSession(extra: { allowedOrigins?: string[]; consentRequired?: boolean } = {}) {
      const session = await sessions.create({
        id: randomUUID(),
        partnerId,
        apiKeyId: "key-1",
        mode: "test",
        platformId: platform.id,
        platformHash: "h1",
        expiresAt: new Date(Date.now() + 3_600_000),
        consentRequired: extra.consentRequired ?? true,
        allowedOrigins: extra.allowedOrigins,
      });
      return session.id;
    },
    /** A worker took the session and its browser is up. */
    async makeReady(sessionId: string) {
      await sessions.apply(sessionId, { type: "session.dispatched" }, { set: { worker_id: workerId } });
      await sessions.apply(sessionId, { type: "browser.started" }, { set: { seal_key: "header.statement.signature" } });
    },
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", origin, ...headers },
      }),
    get: (path: string, headers: Record<string, string> = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await worker.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Entrance = Awaited<ReturnType<typeof startEntrance>>;

/** A real WebSocket server that repeats what it hears, and can die. */
async function startWorker() {
  const http = createServer();
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const upgrades: IncomingMessage[] = [];
  const webSockets = new WebSocketServer({
    server: http,
    handleProtocols: (offered) => (offered.has(viewerSubprotocol) ? viewerSubprotocol : false),
  });
  webSockets.on("connection", (socket, request) => {
    upgrades.push(request);
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on("error", () => undefined);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    token: "worker-token",
    address: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    webSockets,
    upgrades,
    connections: () => sockets.size,
    /** As when its process is killed: every socket is reset. */
    die() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      webSockets.close();
      if (http.listening) await new Promise((resolve) => http.close(resolve));
    },
  };
}

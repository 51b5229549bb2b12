import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createAddressGuard } from "@attestream/address-guard";
import { AppError, jsonSchema } from "@attestream/shared";
import { z } from "zod";
import { createAuditLog } from "./audit/audit-log.ts";
import { noteConfiguration } from "./audit/note-configuration.ts";
import { createAttestationService, type AttestationService } from "./attestation/attestation-service.ts";
import { attestationRoute } from "./attestation/attestation.routes.ts";
import { createProofRoutes } from "./attestation/proof.routes.ts";
import { jwksRoute } from "./attestation/jwks.routes.ts";
import { createAttestorKeys } from "./attestors/attestor-keys.ts";
import { fetchAttestorKeys, parseKeySet } from "./attestors/fetch-keys.ts";
import { createSigningKeys } from "./attestation/signing-keys.ts";
import { sealPlainAttestations } from "./attestation/stored-attestation.ts";
import { ConfigError, type Config } from "./config.ts";
import { createBbsKeys } from "./credentials/bbs-keys.ts";
import { createCredentialService } from "./credentials/credential-service.ts";
import { credentialRoute } from "./credentials/credential.routes.ts";
import { createAssign } from "./dispatch/assign-session.ts";
import { createDispatcher, type Dispatcher } from "./dispatch/create-dispatcher.ts";
import { embedTokenKey, mintEmbedToken } from "./embed/embed-token.ts";
import { createEmbedRoutes } from "./embed/embed.routes.ts";
import { frameAddresses } from "./embed/frame-addresses.ts";
import { createApp, type PartnerRoutes } from "./http/create-app.ts";
import { createHostCheck } from "./http/check-host.ts";
import { listen } from "./http/listen.ts";
import type { Log } from "./http/log.ts";
import { requireKey } from "./http/require-key.ts";
import { createKeyAuthenticator } from "./keys/authenticate-key.ts";
import { ensureFirstKeys, type FirstKeys } from "./keys/first-keys.ts";
import { createLimit, rateLimit, requestLimit, webhookLimit } from "./http/rate-limits.ts";
import { limitRefusedKeys } from "./http/refused-keys.ts";
import { createKeyRotation } from "./keys/key-rotation.ts";
import { createWebhookSecretStore } from "./keys/webhook-secret-store.ts";
import { rotateKeyRoute, rotateWebhookSecretRoute, webhookSecretsRoute } from "./keys/rotation.routes.ts";
import { auditKey, loadSecrets } from "./keys/secrets.ts";
import { createAttestationLog } from "./log/attestation-log.ts";
import { openApiRoutes } from "./openapi/openapi.routes.ts";
import { createPages } from "./pages/pages.routes.ts";
import { createVerifierPage } from "./pages/verifier-page.routes.ts";
import { listPlatforms } from "./platforms/list-platforms.routes.ts";
import { loadPlatforms } from "./platforms/load-platforms.ts";
import { createPlatformStore } from "./platforms/platform-store.ts";
import { metricsRoute } from "./metrics/metrics.routes.ts";
import { createProcessCounters } from "./metrics/process-counters.ts";
import { processGauges, readGauges } from "./metrics/read-gauges.ts";
import { createRevoker } from "./revocation/revoke-attestation.ts";
import { revokeRoute } from "./revocation/revoke.routes.ts";
import { createStatusLists } from "./revocation/status-lists.ts";
import { systemClock, type Clock } from "./sessions/clock.ts";
import { createSessionRoute } from "./sessions/create-session.routes.ts";
import { createSessionService, receiverDataAad, type SessionWriter } from "./sessions/create-session-service.ts";
import { deadlineDurations } from "./sessions/deadlines.ts";
import { createEffectRunner } from "./sessions/effect-runner.ts";
import { createEraser } from "./sessions/erase-session.ts";
import { eraseSessionRoute } from "./sessions/erase-session.routes.ts";
import { openExtraction } from "./sessions/extraction.ts";
import { getSessionRoute } from "./sessions/get-session.routes.ts";
import { listSessionsRoute } from "./sessions/list-sessions.routes.ts";
import type { SessionAddresses } from "./sessions/present-session.ts";
import { sessionEventsRoute } from "./sessions/session-events.routes.ts";
import { createSessionLogStreams } from "./sessions/session-log-streams.ts";
import { createRetention } from "./sessions/retention.ts";
import { createSweeper, type Sweeper } from "./sessions/sweeper.ts";
import { terminateSessionRoute } from "./sessions/terminate-session.routes.ts";
import { createSealer, deriveKey } from "./storage/encryption.ts";
import { keepSealed } from "./storage/keep-sealed.ts";
import { createLeftoverSweep } from "./storage/sweep-leftovers.ts";
import { openDatabase, type OpenDatabase } from "./storage/open-database.ts";
import { answerRefusal } from "./stream/answer-refusal.ts";
import { createStreamGateway } from "./stream/stream-gateway.ts";
import {
  getDeliveryRoute,
  listDeliveriesRoute,
  replayDeliveryRoute,
  replayRangeRoute,
  webhookTestRoute,
} from "./webhooks/webhook-deliveries.routes.ts";
import { createWebhooks } from "./webhooks/create-webhooks.ts";
import { createWorkerGateway, workerPath, type WorkerGateway } from "./workers/worker-gateway.ts";
import { workerKeysRoute } from "./workers/worker-keys.routes.ts";
import { createWorkerReports } from "./workers/worker-reports.ts";

/** Of a worker on its sessions; it renews every `heartbeatMs`. */
const leaseMs = 6_000;
const heartbeatMs = 2_000;
const stopGraceMs = 5_000;

export interface ApiOptions {
  config: Config;
  log: Log;
  clock?: Clock;
  newId?: () => string;
  random?: () => number;
  randomBytes?: (size: number) => Buffer;
  /** Contents of a fresh embedded database; see open-database. */
  template?: () => Promise<string | null>;
  timing?: { leaseMs?: number; heartbeatMs?: number };
}

export interface Api {
  port: number;
  /** Base URL as partners see it, without a slash at the end. */
  url: string;
  firstKeys: FirstKeys;
  workerToken: string;
  database: OpenDatabase;
  sessions: SessionWriter;
  dispatcher: Dispatcher;
  workers: WorkerGateway;
  sweeper: Sweeper;
  attestations: AttestationService;
  /** Takes nothing new, ends what is under way, closes the database. Sessions go on in their workers. */
  stop(): Promise<void>;
}

/** Wires the API and starts it. Throws ConfigError, StorageError or ListenError with the remedy. */
export async function createApi(options: ApiOptions): Promise<Api> {
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    return await start(options, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  { config, log, ...options }: ApiOptions,
  undo: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Api> {
  const clock = options.clock ?? systemClock;
  const now = () => clock.now();
  const newId = options.newId ?? randomUUID;
  const lease = options.timing?.leaseMs ?? leaseMs;
  const stopping = new AbortController();

  const listener = await listen(config.host, config.port, {
    maxConnections: config.maxConnections,
    onFull: () =>
      log.warn({ maxConnections: config.maxConnections }, "connections were refused: MAX_CONNECTIONS are open"),
  });
  undo.push(() => listener.close(stopGraceMs));
  const publicUrl = config.publicUrl ?? `http://localhost:${listener.port}`;

  const secrets = loadSecrets(config);
  const sealer = createSealer(secrets.masterKey, config.encryptionKeys);
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    ...(options.template ? { template: options.template } : {}),
    onConnectionError: (error) =>
      log.warn({ code: "code" in error ? error.code : undefined }, "database connection lost"),
  });
  undo.push(() => database.close());
  const { db } = database;
  const counters = createProcessCounters();
  const startedAt = now();
  const audit = createAuditLog({ key: auditKey(secrets.masterKey), now });
  await noteConfiguration(
    { db, audit },
    { encryptionKey: sealer.keyId, minIsolation: config.minIsolation, dataRetentionMs: config.dataRetentionMs },
  );

  const webhooks = createWebhooks({
    db,
    storage: database.storage,
    sealer,
    audit,
    log,
    now,
    newId,
    random: options.random ?? Math.random,
    guard: createAddressGuard({ refused: config.refusedCidrs }),
    devHosts: config.webhookDevHosts,
    extraCa: readExtraCa(config.extraCaFile),
    onAttempt: counters.webhookAttempted,
  });
  undo.push(() => webhooks.stop(stopGraceMs));
  await webhooks.start();

  await loadPlatforms({ db, folders: config.platformsDirs, now, log });
  const pepper = deriveKey(secrets.masterKey, "api key pepper v1");
  const firstKeys = await ensureFirstKeys({
    db,
    sealer,
    pepper,
    audit,
    newId,
    now,
    bootstrapApiKey: config.bootstrapApiKey,
    demoPartner: config.demoPartner,
  });

  // The session service runs effects whose doers need the session service: they are looked up when they run.
  const effects = createEffectRunner(
    {
      "dispatch.request": async ({ urgent }, { after }) => (urgent ? dispatcher.wake() : dispatcher.offer(after.id)),
      "tree.start": (_effect, { after }) => {
        if (after.worker_id !== null)
          workers.send(after.worker_id, { type: "tree.start", sessionId: after.id, epoch: after.epoch });
      },
      "worker.release": ({ reason }, { before }) => {
        if (before.worker_id !== null)
          workers.send(before.worker_id, { type: "release", sessionId: before.id, epoch: before.epoch, reason });
      },
      "attestation.issue": (_effect, { after }) => attestations.issue(after.id),
      "viewer.confirm": async (_effect, { after }) => {
        await sessions.apply(after.id, { type: "viewer.connected" }, { fence: { epoch: after.epoch } });
      },
    },
    log,
  );
  const durations = deadlineDurations(config);
  const sessions = createSessionService({ db, sealer, outbox: webhooks.outbox, effects, durations, now, log });
  sessions.onChange(counters.sessionChanged);
  sessions.onChange((session) => {
    if (session.completed_at !== null || session.webhook_events !== null) webhooks.wake();
  });

  const platforms = createPlatformStore(db);
  const assign = createAssign({ platforms, workers: () => workers, log });
  const reports = createWorkerReports({
    db,
    sessions,
    sealer,
    assign,
    capacityChanged: () => dispatcher.wake(),
    leaseMs: lease,
    now,
    log,
  });
  const workers = createWorkerGateway({
    workerToken: secrets.workerToken,
    heartbeatMs: options.timing?.heartbeatMs ?? heartbeatMs,
    leaseMs: lease,
    minIsolation: config.minIsolation,
    listener: reports,
    now,
    log,
  });
  const dispatcher = createDispatcher({
    db,
    sessions,
    links: () => workers.links(),
    assign,
    leaseMs: lease,
    partnerQuota: config.partnerQuota,
    now,
    log,
  });
  undo.push(async () => {
    await workers.stop();
    await dispatcher.idle();
    await effects.settled();
  });

  const signingKeys = createSigningKeys({ db, sealer, now });
  const receiverDataSchema = z.record(z.string(), jsonSchema);
  await sealPlainAttestations({ db, sealer });
  const extraCa = readExtraCa(config.extraCaFile);
  const attestors = createAttestorKeys({
    db,
    attestors: config.attestors,
    pinned: await readAttestorKeys(config.attestorKeysFile),
    fetchKeys: (url) => fetchAttestorKeys(url, extraCa),
    clock,
    log,
  });
  const attestationLog = createAttestationLog({ db, keys: signingKeys, issuer: publicUrl, now });
  const statuses = createStatusLists({ db, keys: signingKeys, issuer: publicUrl, now });
  const attestations = createAttestationService({
    db,
    sealer,
    sessions,
    keys: signingKeys,
    issuer: publicUrl,
    platform: (session) => platforms.pinned(session),
    attestors,
    attestationLog,
    statuses,
    onIssued: counters.attestationIssued,
    onFailed: counters.attestationFailed,
    readExtraction: (session) => openExtraction(sealer, session),
    readReceiverData: (session) =>
      session.receiver_data_enc === null
        ? null
        : receiverDataSchema.parse(JSON.parse(sealer.openText(session.receiver_data_enc, receiverDataAad(session.id)))),
    now,
    newId,
    log,
  });

  const bbsKeys = createBbsKeys({ db, sealer, now });
  const credentials = createCredentialService({
    db,
    sealer,
    keys: bbsKeys,
    issuer: publicUrl,
    platform: (session) => platforms.pinned(session),
    readExtraction: (session) => openExtraction(sealer, session),
  });

  const frame = frameAddresses({ publicUrl, frameOrigin: config.frameOrigin, streamOrigin: config.streamOrigin });
  const streams = createStreamGateway({
    db,
    masterKey: secrets.masterKey,
    sessions,
    workers: {
      addressOf: async ({ worker_id }) => {
        if (worker_id === null) return null;
        return (
          (await db.selectFrom("workers").select("address").where("id", "=", worker_id).executeTakeFirst())?.address ??
          null
        );
      },
    },
    workerToken: secrets.workerToken,
    addresses: () => frame,
    publicUrl: () => publicUrl,
    newId,
    clock: now,
    log,
  });
  undo.push(() => streams.close());
  const frameRoutes = createEmbedRoutes({
    db,
    masterKey: secrets.masterKey,
    sessions,
    dispatch: dispatcher,
    platforms,
    addresses: () => frame,
    frameDir: config.frameDir,
    clock: now,
    viewerGraceMs: config.viewerGraceMs,
    log,
    signal: stopping.signal,
    onViewerEntered: (sessionId, viewerId) => streams.closeOthers(sessionId, viewerId),
  });

  const tokenKey = embedTokenKey(secrets.masterKey);
  const randomBytes =
    options.randomBytes ?? ((size: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(size))));
  const embedBase = config.frameOrigin ?? publicUrl;
  const addresses: SessionAddresses = {
    bareEmbedUrl: (sessionId) => `${embedBase}/verify/${sessionId}`,
    mintEmbedUrl: (session) =>
      `${embedBase}/verify/${session.id}?token=${mintEmbedToken(tokenKey, session.id, now(), randomBytes)}`,
    streamUrl: (sessionId) => frame.streamUrl(sessionId),
  };
  const own = { sessions, platforms, addresses, sealer };
  const logStreams = createSessionLogStreams({ db, sessions, log, signal: stopping.signal });
  const erase = createEraser({ db, keys: signingKeys, issuer: publicUrl, audit, now, newId });
  const webhookSecrets = createWebhookSecretStore({ db, sealer, audit, now });
  const askedWebhooks = rateLimit(webhookLimit(config.webhooksPerMinute));
  const partnerRoutes: PartnerRoutes = {
    listPlatforms: { handler: listPlatforms(platforms) },
    createSession: {
      before: [rateLimit(createLimit(config.createsPerMinute))],
      handler: createSessionRoute({
        db,
        sessions,
        platforms,
        addresses,
        webhookDevHosts: config.webhookDevHosts,
        customUrlDevHosts: config.customUrlDevHosts,
        now,
        newId,
      }),
    },
    getSession: { handler: getSessionRoute(own) },
    listSessions: { handler: listSessionsRoute({ db }) },
    terminateSession: { handler: terminateSessionRoute({ ...own, audit }) },
    listSessionEvents: { handler: sessionEventsRoute({ db, sessions, streams: logStreams }) },
    getAttestation: { handler: attestationRoute({ sessions, attestations, attestationLog, statuses, publicUrl }) },
    getCredential: { handler: credentialRoute({ sessions, credentials, publicUrl }) },
    revokeAttestation: { handler: revokeRoute({ sessions, revoke: createRevoker({ db, audit, now }) }) },
    eraseSessionData: { handler: eraseSessionRoute({ sessions, erase }) },
    listWebhookDeliveries: { handler: listDeliveriesRoute(webhooks.deliveries) },
    getWebhookDelivery: { handler: getDeliveryRoute(webhooks.deliveries) },
    replayWebhookDelivery: { before: [askedWebhooks], handler: replayDeliveryRoute(webhooks.deliveries) },
    replayWebhookDeliveries: { before: [askedWebhooks], handler: replayRangeRoute(webhooks.deliveries) },
    testWebhook: {
      before: [askedWebhooks],
      handler: webhookTestRoute(webhooks.deliveries, config.webhookDevHosts),
    },
    rotateApiKey: { handler: rotateKeyRoute(createKeyRotation({ db, pepper, audit, now, newId })) },
    listWebhookSecrets: { handler: webhookSecretsRoute(webhookSecrets) },
    rotateWebhookSecret: { handler: rotateWebhookSecretRoute(webhookSecrets) },
  };
  const isOurHost = createHostCheck({
    urls: [publicUrl, config.frameOrigin, config.streamOrigin],
    names: [config.host, ...config.allowedHosts],
  });
  const app = createApp({
    db,
    publicUrl,
    log,
    now,
    newId,
    partnerGate: [
      limitRefusedKeys(),
      requireKey(createKeyAuthenticator({ db, pepper, now, takenAsGiven: config.bootstrapApiKey })),
      rateLimit(requestLimit(config.requestsPerMinute)),
    ],
    partnerRoutes,
    trustProxy: config.trustProxy,
    isOurHost,
    attestors,
    metrics: metricsRoute({
      token: config.metricsToken,
      read: async () => [
        ...(await readGauges({ db, attestors }, now())),
        ...counters.families(),
        ...processGauges(startedAt),
      ],
    }),
    onAnswered: counters.requestAnswered,
    jwks: jwksRoute(signingKeys),
    workerKeys: workerKeysRoute(db, now),
    open: [createProofRoutes({ attestationLog, statuses, attestors, bbsKeys })],
    frame: frameRoutes,
    pages: [
      openApiRoutes(publicUrl),
      createVerifierPage(),
      createPages({
        db,
        engine: database.engine,
        platforms,
        attestors,
        frameDir: config.frameDir,
        publicUrl: () => publicUrl,
        demoUrl: config.demoPartner?.url,
        clock: now,
      }),
    ],
  });

  const sweepLeftovers = createLeftoverSweep({ db, now });
  const retain = createRetention({ db, erase, retentionMs: config.dataRetentionMs, now });
  const sweeper = createSweeper({
    db,
    sessions,
    clock,
    leaseMs: lease,
    log,
    async everyRound(attentiveSince) {
      const since = new Date(now().getTime() - 2 * lease);
      if (attentiveSince < since) {
        workers.dropSilent(since);
        await db
          .updateTable("workers")
          .set({ state: "lost" })
          .where("seen_at", "<", since)
          .where("state", "!=", "lost")
          .execute();
      }
      await sweepLeftovers();
      await retain();
      dispatcher.wake();
    },
  });
  await sweeper.sweep();
  listener.serve(app, (request, socket, head) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    // Workers call us by whatever name API_URL has, and are no browsers: that page's own check stands in the gateway.
    if (path === workerPath) workers.handleUpgrade(request, socket, head);
    else if (!isOurHost(request.headers.host))
      answerRefusal(socket, new AppError("host_refused"), { requestId: newId(), publicUrl });
    else if (path.startsWith("/session/")) streams.handleUpgrade(request, socket, head);
    else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  const sweeping = sweeper.run(stopping.signal);
  const resuming = attestations
    .resume()
    .catch((error: unknown) =>
      log.error(
        { name: error instanceof Error ? error.name : "" },
        "sessions in VERIFYING could not be taken up; their deadline ends them",
      ),
    );
  const watching = attestors.watch(stopping.signal);
  const resealing = keepSealed({ db, sealer, audit, log, signal: stopping.signal });
  undo.push(async () => {
    stopping.abort();
    await Promise.all([sweeping, resuming, resealing, watching]);
  });

  log.info({ op: "api.start", port: listener.port, engine: database.engine }, "api is ready");
  return {
    port: listener.port,
    url: publicUrl,
    firstKeys,
    workerToken: secrets.workerToken,
    database,
    sessions,
    dispatcher,
    workers,
    sweeper,
    attestations,
    stop,
  };
}

/** A JWKS of attestors that are trusted without being asked. */
async function readAttestorKeys(path: string | undefined) {
  if (path === undefined) return [];
  try {
    return await parseKeySet(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`ATTESTOR_KEYS_FILE: ${path} cannot be used (${reason}); give a JWKS of attestors' keys`]);
  }
}

function readExtraCa(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new ConfigError([`EXTRA_CA_FILE: ${path} cannot be read; correct the path or its rights`]);
  }
}

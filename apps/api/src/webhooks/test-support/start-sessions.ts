import { createAuditLog } from "../../audit/audit-log.ts";
import { randomBytes, randomUUID } from "node:crypto";
import type { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, PostgresDialect, type Selectable } from "kysely";
import pg from "pg";
import type { ErrorCode, Json } from "@attestream/shared";
import type { PublicJwk } from "@attestream/attestation";
import type { ExtractionResult } from "@attestream/shared/worker-protocol";
import type { PlatformDefinition } from "@attestream/workflow/schema";
import {
  createAttestationService,
  type AttestationServiceDependencies,
} from "../../attestation/attestation-service.ts";
import { createSigningKeys } from "../../attestation/signing-keys.ts";
import { createAttestorKeys } from "../../attestors/attestor-keys.ts";
import { silentLog } from "../../http/log.ts";
import { newWebhookSecret, sealWebhookSecrets } from "../../keys/webhook-secrets.ts";
import { createAttestationLog } from "../../log/attestation-log.ts";
import { createStatusLists } from "../../revocation/status-lists.ts";
import { systemClock } from "../../sessions/clock.ts";
import { createSessionService } from "../../sessions/create-session-service.ts";
import { deadlineDurations } from "../../sessions/deadlines.ts";
import { createEffectRunner } from "../../sessions/effect-runner.ts";
import { openExtraction, sealExtraction } from "../../sessions/extraction.ts";
import type { NewSession } from "../../sessions/session-service.ts";
import { createSealer } from "../../storage/encryption.ts";
import { migrate } from "../../storage/migrate.ts";
import type { Database, SessionRow, WebhookDeliveriesTable } from "../../storage/schema.ts";
import { createWebhooks, type WebhooksOptions } from "../create-webhooks.ts";

/** One for all that share a database, as in an installation. */
const sharedMasterKey = randomBytes(32);

export type Storage = { pglite: PGlite } | { databaseUrl: string };

const issuer = "https://verify.example.com";
export const platformHash = "1".repeat(64);

/** What the sample extraction was read with; its hash is that which sessions here pin. */
export const samplePlatform: Pick<PlatformDefinition, "loginUrl" | "collect" | "prove"> = {
  loginUrl: "https://bank.example.com/login",
  collect: [
    {
      id: "account",
      capture: { request: { url: "/api/account" } },
      read: { accountHolder: { json: "$.owner" }, balance: { json: "$.balance", as: "money", currency: "EUR" } },
    },
  ],
  prove: [{ from: "account", reveal: ["accountHolder", "balance"] }],
};

export const extraction: ExtractionResult = {
  extractedData: { accountHolder: "Jane Roe", balance: { amount: 1250.5, currency: "EUR" } },
  failedParts: [],
  workflow: { name: "demo-bank", version: "1.0.0", hash: platformHash },
  browser: { product: "HeadlessChrome", version: "156.0" },
  isolationLevel: "L1",
};

type Delivery = Selectable<WebhookDeliveriesTable>;

/** Which end a session is driven to. */
export type End = { extracted: ExtractionResult } | { failed: ErrorCode } | { cancelled: true } | { none: true };

/** A partner, and what the API runs when its sessions end: session service, attestation, webhooks; on a real database. */
export async function startSessions(
  storage: Storage,
  options: {
    webhooks?: Partial<WebhooksOptions>;
    attestation?: Partial<AttestationServiceDependencies>;
    masterKey?: Uint8Array;
    /** Of attestors that are trusted. */
    attestorKeys?: readonly PublicJwk[];
  } = {},
) {
  const db = openKysely(storage);
  await migrate(db);
  const sealer = createSealer(options.masterKey ?? sharedMasterKey);
  const audit = createAuditLog({ key: new Uint8Array(32), now: () => new Date() });
  const now = () => new Date();
  const partnerId = randomUUID();
  const secrets = [newWebhookSecret(), newWebhookSecret()];
  const platformId = await insertPlatform(db);
  const otherPartnerId = randomUUID();
  for (const id of [partnerId, otherPartnerId]) await insertPartner(db, id, sealWebhookSecrets(sealer, id, secrets));

  const startWebhooks = () =>
    createWebhooks({
      audit,
      db,
      storage,
      sealer,
      log: silentLog,
      now,
      newId: randomUUID,
      random: () => 0,
      devHosts: [],
      delaysMs: [20, 20, 20],
      queue: { pollSeconds: 0.5, superviseSeconds: 1, retrySeconds: 0, slots: 4 },
      ...options.webhooks,
    });
  let webhooks = startWebhooks();
  await webhooks.start();

  const keys = createSigningKeys({ db, sealer, now });
  const effects = createEffectRunner(
    {
      "dispatch.request": () => undefined,
      "tree.start": () => undefined,
      "worker.release": () => undefined,
      "viewer.confirm": () => undefined,
      "attestation.issue": (_effect, { after }) => attestations.issue(after.id),
    },
    silentLog,
  );
  const sessions = createSessionService({
    db,
    sealer,
    now,
    durations: deadlineDurations({ queueTimeoutMs: 60_000, readyHoldMs: 60_000, viewerGraceMs: 60_000 }),
    outbox: { enqueue: (trx, session) => webhooks.outbox.enqueue(trx, session) },
    effects,
    log: silentLog,
  });
  const attestationLog = createAttestationLog({ db, keys, issuer, now });
  const statuses = createStatusLists({ db, keys, issuer, now });
  const attestations = createAttestationService({
    db,
    sealer,
    sessions,
    keys,
    issuer,
    platform: async () => ({ name: "demo-bank", definition: samplePlatform }),
    attestors: createAttestorKeys({
      db,
      attestors: [],
      pinned: options.attestorKeys ?? [],
      fetchKeys: async () => [],
      clock: systemClock,
      log: silentLog,
    }),
    attestationLog,
    statuses,
    readExtraction: (session) => openExtraction(sealer, session),
    readReceiverData: () => null,
    now,
    newId: randomUUID,
    log: silentLog,
    ...options.attestation,
  });
  sessions.onChange((session) => {
    if (session.completed_at !== null || session.webhook_events !== null) webhooks.wake();
  });

  async function run(end: End, input: Partial<NewSession> = {}): Promise<SessionRow> {
    const session = await sessions.create({
      id: randomUUID(),
      partnerId,
      apiKeyId: `key-${partnerId}`,
      mode: "test",
      platformId,
      platformHash,
      expiresAt: new Date(Date.now() + 3_600_000),
      consentRequired: false,
      ...input,
    });
    if ("none" in end) return session;
    if ("cancelled" in end) await sessions.apply(session.id, { type: "session.cancelled", code: "USER_CANCELLED" });
    else if ("failed" in end) await sessions.apply(session.id, { type: "session.failed", code: end.failed });
    else {
      for (const type of [
        "session.opened",
        "session.dispatched",
        "browser.started",
        "viewer.connected",
        "tree.loaded",
        "tree.started",
        "collection.started",
      ] as const) {
        await sessions.apply(session.id, { type });
      }
      const result = await sessions.apply(
        session.id,
        { type: "data.extracted", partial: end.extracted.failedParts.length > 0 },
        { set: { extraction_enc: sealExtraction(sealer, session.id, end.extracted) } },
      );
      if (result.session?.status !== "VERIFYING") throw new Error(`Expected VERIFYING, not ${result.session?.status}`);
    }
    return session;
  }

  return {
    db,
    sealer,
    sessions,
    attestations,
    keys,
    audit,
    attestationLog,
    statuses,
    secrets,
    effectsSettled: () => effects.settled(),
    otherPartner: { partnerId: otherPartnerId, apiKeyId: `key-${otherPartnerId}` },
    run,
    async deliveryOf(sessionId: string) {
      return db.selectFrom("webhook_deliveries").selectAll().where("session_id", "=", sessionId).executeTakeFirst();
    },
    /** Waits for what a delivery becomes. A test's own time limit ends the wait. */
    async delivery(sessionId: string, isSo: (row: Delivery) => boolean): Promise<Delivery> {
      for (;;) {
        const rows = await db
          .selectFrom("webhook_deliveries")
          .selectAll()
          .where("session_id", "=", sessionId)
          .execute();
        const row = rows.find(isSo);
        if (row) return row;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async ended(sessionId: string): Promise<SessionRow> {
      for (;;) {
        const session = await sessions.get(sessionId);
        if (session && session.completed_at !== null) return session;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    stopWebhooks: (graceMs: number) => webhooks.stop(graceMs),
    async restartWebhooks() {
      webhooks = startWebhooks();
      await webhooks.start();
    },
    async [Symbol.asyncDispose]() {
      await webhooks.stop(0);
      // The database is shared: the next test's queue must find nothing to do.
      await db.updateTable("webhook_deliveries").set({ state: "failed" }).where("state", "=", "pending").execute();
      if ("databaseUrl" in storage) await db.destroy();
    },
  };
}

function openKysely(storage: Storage): Kysely<Database> {
  if ("pglite" in storage) return new Kysely<Database>({ dialect: new PGliteDialect({ pglite: storage.pglite }) });
  const pool = new pg.Pool({ connectionString: storage.databaseUrl, max: 5 });
  pool.on("error", () => undefined);
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

async function insertPartner(db: Kysely<Database>, partnerId: string, sealedSecrets: Uint8Array): Promise<void> {
  await db
    .insertInto("partners")
    .values({ id: partnerId, name: "Example Rentals", webhook_secrets_enc: sealedSecrets })
    .execute();
  await db
    .insertInto("api_keys")
    .values({
      id: `key-${partnerId}`,
      partner_id: partnerId,
      prefix: "as_test_",
      hash: randomBytes(32),
      mode: "test",
      reaches_every_platform: false,
      revoked_at: null,
      last_used_at: null,
    })
    .execute();
}

async function insertPlatform(db: Kysely<Database>): Promise<number> {
  const { id } = await db
    .insertInto("platforms")
    .values({
      name: `demo-bank-${randomUUID()}`,
      active_hash: platformHash,
      is_active: true,
      problem: null,
      updated_at: null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await db
    .insertInto("platform_versions")
    .values({
      platform_id: id,
      hash: platformHash,
      version: "1.0.0",
      definition: JSON.stringify({} satisfies Json),
      icon: null,
    })
    .execute();
  return id;
}

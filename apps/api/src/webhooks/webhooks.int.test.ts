import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import {
  createCertificateAuthority,
  startPostgres,
  type CertificateAuthority,
  type TestPostgres,
} from "@attestream/testkit";
import { webhookPayloadSchema } from "@attestream/shared/partner-api";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTemplateCopy, type TemplateCopy } from "../test-support/open-template-copy.ts";
import { startReceiver, type Answer, type Received } from "./test-support/start-receiver.ts";
import { extraction, startSessions, type Storage } from "./test-support/start-sessions.ts";
import type { WebhooksOptions } from "./create-webhooks.ts";

const host = "hooks.example.com";
const deliverProcess = join(import.meta.dirname, "test-support/deliver-process.ts");
let authority: CertificateAuthority;
let database: TemplateCopy;
let postgres: TestPostgres;

beforeAll(async () => {
  authority = await createCertificateAuthority("Webhook test authority");
  [database, postgres] = await Promise.all([openTemplateCopy(), startPostgres()]);
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

const onPglite = (): Storage => ({ pglite: database.pglite });
const onPostgres = (): Storage => ({ databaseUrl: postgres.url });

/** Sessions whose webhooks go to a receiver with a certificate for hooks.example.com, which resolves to loopback. */
async function start(storage: Storage, answer?: Answer, webhooks: Partial<WebhooksOptions> = {}) {
  const receiver = await startReceiver(authority, host, answer);
  const api = await startSessions(storage, {
    webhooks: {
      devHosts: [`${host}:${receiver.port}`],
      extraCa: authority.certificate,
      resolve: async () => ["127.0.0.1"],
      timeoutMs: 5000,
      ...webhooks,
    },
  });
  return {
    receiver,
    api,
    url: `https://${host}:${receiver.port}/hook`,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

const status =
  (...codes: number[]): Answer =>
  (response, count) =>
    void response.writeHead(codes[count - 1] ?? 204).end();

function headersOf(request: Received | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(request?.headers ?? {}).map(([name, value]) => [name, String(value)]));
}

describe.each([
  ["PGlite", onPglite],
  ["PostgreSQL", onPostgres],
])("on %s", (_engine, storage) => {
  test("a completed session is told once, signed, with data and proof hash", async () => {
    await using setup = await start(storage());
    const { api, receiver, url } = setup;
    const session = await api.run({ extracted: extraction }, { webhookUrl: url, externalReferenceId: "user_abc123" });
    const row = await api.delivery(session.id, ({ state }) => state === "delivered");
    expect(row).toMatchObject({
      attempts: 1,
      last_status: 204,
      last_error: null,
      next_attempt_at: null,
      event: "session.completed",
    });

    const [request] = receiver.received;
    expect(receiver.received).toHaveLength(1);
    for (const secret of api.secrets)
      expect(() => new Webhook(secret).verify(request?.body ?? "", headersOf(request))).not.toThrow();
    expect(request?.headers).toMatchObject({ "webhook-id": row.id, "content-type": "application/json" });
    const payload = webhookPayloadSchema.parse(JSON.parse(request?.body ?? ""));
    const attestation = await api.attestations.get(session.id);
    expect(payload).toMatchObject({
      sessionId: session.id,
      status: "COMPLETED",
      externalReferenceId: "user_abc123",
      extractedData: extraction.extractedData,
      proofHash: attestation?.proof_hash,
    });
  });

  test("a failing receiver is asked again, with the same id", async () => {
    await using setup = await start(storage(), status(500, 503, 200));
    const { api, receiver, url } = setup;
    const session = await api.run({ failed: "PLATFORM_TIMEOUT" }, { webhookUrl: url });
    const row = await api.delivery(session.id, ({ state }) => state === "delivered");
    expect(row.attempts).toBe(3);
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([row.id, row.id, row.id]);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({
      status: "ERROR",
      errorCode: "PLATFORM_TIMEOUT",
      extractedData: null,
    });
    for (const request of receiver.received)
      expect(() => new Webhook(api.secrets[0] ?? "").verify(request.body, headersOf(request))).not.toThrow();
  });

  test("a retry survives a restart", async () => {
    await using setup = await start(storage(), status(500), { delaysMs: [2000] });
    const { api, url } = setup;
    const session = await api.run({ cancelled: true }, { webhookUrl: url });
    await api.delivery(session.id, ({ attempts }) => attempts === 1);
    await api.stopWebhooks(1000);
    await api.restartWebhooks();
    expect(await api.delivery(session.id, ({ state }) => state !== "pending")).toMatchObject({
      state: "delivered",
      attempts: 2,
    });
  });

  test("an attempt that the stop cuts off is made again after the restart, with the same id", async () => {
    await using setup = await start(storage(), (response, count) => void (count > 1 && response.writeHead(204).end()), {
      timeoutMs: 30_000,
    });
    const { api, receiver, url } = setup;
    const session = await api.run({ cancelled: true }, { webhookUrl: url });
    await receiver.arrived(1);
    await api.stopWebhooks(0);
    expect(await api.deliveryOf(session.id)).toMatchObject({ state: "pending", attempts: 0 });
    await api.restartWebhooks();
    expect(await api.delivery(session.id, ({ state }) => state !== "pending")).toMatchObject({
      state: "delivered",
      attempts: 1,
    });
    expect(receiver.received[1]?.headers["webhook-id"]).toBe(receiver.received[0]?.headers["webhook-id"]);
  });

  test("a status that is rolled back tells nobody", async () => {
    await using setup = await start(storage());
    const { api, receiver, url } = setup;
    const session = await api.run({ extracted: { ...extraction, extractedData: {} } }, { webhookUrl: url });
    await api.ended(session.id);
    await api.delivery(session.id, ({ state }) => state === "delivered");
    const other = await api.sessions.create({
      id: randomUUID(),
      partnerId: session.partner_id,
      apiKeyId: session.api_key_id,
      mode: "test",
      platformId: session.platform_id,
      platformHash: "h1",
      expiresAt: new Date(Date.now() + 60_000),
      consentRequired: false,
      webhookUrl: url,
    });
    const undone = api.sessions.apply(
      other.id,
      { type: "session.cancelled", code: "USER_CANCELLED" },
      { within: () => Promise.reject(new Error("undo")) },
    );
    await expect(undone).rejects.toThrow("undo");
    expect(await api.deliveryOf(other.id)).toBeUndefined();
    // A later one goes through, so the queue has looked since.
    const later = await api.run({ cancelled: true }, { webhookUrl: url });
    await api.delivery(later.id, ({ state }) => state === "delivered");
    expect(receiver.received.map(({ body }) => JSON.parse(body).sessionId)).toEqual([session.id, later.id]);
  });

  test("a session without a webhookUrl makes no delivery", async () => {
    await using setup = await start(storage());
    const session = await setup.api.run({ cancelled: true });
    expect(await setup.api.deliveryOf(session.id)).toBeUndefined();
  });
});

describe("an attempt whose process is killed is made again by the next one, with the same id", () => {
  const killed = async (
    storage: { databaseUrl: string } | { dataDir: string },
    open: () => Promise<Storage>,
  ): Promise<void> => {
    await using receiver = await startReceiver(
      authority,
      host,
      (response, count) => void (count > 1 && response.writeHead(204).end()),
    );
    const masterKey = randomBytes(32);
    const devHost = `${host}:${receiver.port}`;
    const setting = { storage, masterKey: masterKey.toString("hex"), devHost, ca: authority.certificate };
    const child = spawn(process.execPath, ["--conditions=@attestream/source", deliverProcess], {
      env: { SETTING: JSON.stringify(setting) },
      stdio: "inherit",
    });
    const closed = once(child, "close");
    await Promise.race([receiver.arrived(1), closed]);
    child.kill("SIGKILL");
    await closed;
    expect(receiver.received).toHaveLength(1);
    const sessionId: string = JSON.parse(receiver.received[0]?.body ?? "").sessionId;

    await using api = await startSessions(await open(), {
      masterKey,
      webhooks: { devHosts: [devHost], extraCa: authority.certificate, resolve: async () => ["127.0.0.1"] },
    });
    expect(await api.delivery(sessionId, ({ state }) => state !== "pending")).toMatchObject({
      state: "delivered",
      attempts: 1,
    });
    expect(receiver.received[1]?.headers["webhook-id"]).toBe(receiver.received[0]?.headers["webhook-id"]);
  };

  test("on PostgreSQL, by the silence of its process", () =>
    killed({ databaseUrl: postgres.url }, async () => onPostgres()));

  test("on PGlite, at the start", { timeout: 120_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "attestream-webhooks-"));
    let reopened: PGlite | undefined;
    try {
      await killed({ dataDir: join(dataDir, "pgdata") }, async () => {
        reopened = await PGlite.create(join(dataDir, "pgdata"));
        return { pglite: reopened };
      });
    } finally {
      await reopened?.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe("the receiver", () => {
  test("is given up after the last attempt", async () => {
    await using setup = await start(onPglite(), status(500, 500, 500, 500));
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    expect(await setup.api.delivery(session.id, ({ state }) => state === "failed")).toMatchObject({
      attempts: 4,
      last_status: 500,
      last_error: "status_not_2xx",
      next_attempt_at: null,
    });
  });

  test("that redirects is not followed", async () => {
    await using setup = await start(
      onPglite(),
      (response) => void response.writeHead(307, { location: "/elsewhere" }).end(),
      { delaysMs: [] },
    );
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    expect(await setup.api.delivery(session.id, ({ state }) => state === "failed")).toMatchObject({
      last_status: 307,
      last_error: "redirect_refused",
    });
    expect(setup.receiver.received.map(({ path }) => path)).toEqual(["/hook"]);
  });

  test("that is gone is not asked again", async () => {
    await using setup = await start(onPglite(), status(410));
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    expect(await setup.api.delivery(session.id, ({ state }) => state === "failed")).toMatchObject({
      attempts: 1,
      last_status: 410,
      last_error: "gone",
    });
  });

  test("can ask for time", async () => {
    await using setup = await start(
      onPglite(),
      (response) => void response.writeHead(429, { "retry-after": "600" }).end(),
    );
    const before = Date.now();
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    const row = await setup.api.delivery(session.id, ({ attempts }) => attempts === 1);
    expect(row).toMatchObject({ state: "pending", last_status: 429 });
    expect(row.next_attempt_at?.getTime()).toBeGreaterThanOrEqual(before + 600_000);
  });

  test("that never answers runs into the time limit", async () => {
    await using setup = await start(onPglite(), () => undefined, { timeoutMs: 200, delaysMs: [] });
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    expect(await setup.api.delivery(session.id, ({ state }) => state === "failed")).toMatchObject({
      last_status: null,
      last_error: "timeout",
    });
  });

  test("that sends without end is heard up to the limit only", async () => {
    let sent = 0;
    const endless: Answer = (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536))) sent += 65_536;
      };
      response.on("drain", more);
      more();
    };
    await using setup = await start(onPglite(), endless);
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    expect(await setup.api.delivery(session.id, ({ state }) => state !== "pending")).toMatchObject({
      state: "delivered",
      last_status: 200,
    });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test("that hangs takes no slot from other partners", async () => {
    const quickOnly: Answer = (response, _count, request) =>
      void (request.url === "/quick" && response.writeHead(204).end());
    await using setup = await start(onPglite(), quickOnly, { timeoutMs: 60_000 });
    const { api, receiver, url } = setup;
    for (let count = 0; count < 8; count++) await api.run({ cancelled: true }, { webhookUrl: url });
    await receiver.arrived(3);
    const session = await api.run(
      { cancelled: true },
      { webhookUrl: new URL("/quick", url).href, ...api.otherPartner },
    );
    await api.delivery(session.id, ({ state }) => state === "delivered");
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hook", "/hook", "/hook", "/quick"]);
  });
});

describe("TLS and addresses", () => {
  const failsWith = async (webhooks: Partial<WebhooksOptions>, reason: string, url?: (port: number) => string) => {
    await using setup = await start(onPglite(), undefined, { delaysMs: [], ...webhooks });
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: url?.(setup.receiver.port) ?? setup.url });
    const row = await setup.api.delivery(session.id, ({ state }) => state === "failed");
    expect(row).toMatchObject({ last_error: reason, last_status: null });
    expect(setup.receiver.received).toEqual([]);
  };

  test("an unknown authority is refused", () => failsWith({ extraCa: undefined }, "tls_failed"));

  test("a certificate for another name is refused", async () => {
    await using receiver = await startReceiver(authority, "other.example.com");
    await failsWith(
      { devHosts: [`${host}:${receiver.port}`] },
      "tls_failed",
      () => `https://${host}:${receiver.port}/`,
    );
    expect(receiver.received).toEqual([]);
  });

  test("a closed port", () => failsWith({ devHosts: [`${host}:9`] }, "connect_failed", () => `https://${host}:9/`));

  test("a name that does not resolve", () =>
    failsWith({ resolve: () => Promise.reject(new Error("ENOTFOUND")) }, "dns_failed"));

  test("a resolver that hangs", () =>
    failsWith({ resolve: () => new Promise<string[]>(() => undefined), timeoutMs: 100 }, "timeout"));

  test("a public name that leads to this machine", () => failsWith({ devHosts: [] }, "address_refused"));

  test("a public name that leads here besides", () =>
    failsWith({ devHosts: [], resolve: async () => ["8.8.8.8", "127.0.0.1"] }, "address_refused"));

  test("a target that is no longer allowed", () =>
    failsWith({ devHosts: [] }, "target_refused", (port) => `https://localhost:${port}/`));

  test("a name that changes between two attempts is looked at each time, once", async () => {
    const answers = [["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]];
    let asked = 0;
    await using setup = await start(onPglite(), status(500), {
      resolve: async () => answers[asked++] ?? [],
      delaysMs: [20, 20],
    });
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    await setup.api.delivery(session.id, ({ state }) => state === "delivered");
    expect(asked).toBe(3);
    // The second attempt, which would have gone to the metadata service, reached nobody.
    expect(setup.receiver.received).toHaveLength(2);
  });

  test("the next address is tried when the first does not answer", async () => {
    await using setup = await start(onPglite(), undefined, { resolve: async () => ["127.0.0.2", "127.0.0.1"] });
    const session = await setup.api.run({ cancelled: true }, { webhookUrl: setup.url });
    expect(await setup.api.delivery(session.id, ({ state }) => state !== "pending")).toMatchObject({
      state: "delivered",
      attempts: 1,
    });
  });
});

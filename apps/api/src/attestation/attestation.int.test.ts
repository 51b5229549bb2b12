import { systemActor } from "../audit/actor.ts";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyAttestation } from "@attestream/attestation/verify";
import { attestationResponseSchema, errorEnvelopeSchema, successEnvelope } from "@attestream/shared/partner-api";
import { errorEnvelope } from "../http/error-envelope.ts";
import { silentLog } from "../http/log.ts";
import { requestId, setPartner } from "../http/request-context.ts";
import { createSealer } from "../storage/encryption.ts";
import { openTemplateCopy, type TemplateCopy } from "../test-support/open-template-copy.ts";
import { extraction, samplePlatform, startSessions } from "../webhooks/test-support/start-sessions.ts";
import { attestationRoute } from "./attestation.routes.ts";
import { jwksRoute } from "./jwks.routes.ts";
import { createSigningKeys } from "./signing-keys.ts";

type Api = Awaited<ReturnType<typeof startSessions>>;

let database: TemplateCopy;
beforeAll(async () => {
  database = await openTemplateCopy();
});
afterAll(() => database[Symbol.asyncDispose]());

const start = (attestation: NonNullable<Parameters<typeof startSessions>[1]>["attestation"] = {}) =>
  startSessions({ pglite: database.pglite }, { attestation });

/** The two routes on a real listener, asked as the given partner. */
async function serve(api: Api, partnerId: string) {
  const app = express();
  app.use(requestId(randomUUID));
  app.get("/.well-known/jwks.json", jwksRoute(api.keys));
  app.get(
    "/partner/browser-session/:id/attestation",
    (_request, response, next) => {
      setPartner(response, {
        id: partnerId,
        name: "Example",
        mode: "test",
        keyId: "k",
        reachesEveryPlatform: false,
        actor: systemActor("test"),
      });
      next();
    },
    attestationRoute({
      sessions: api.sessions,
      attestations: api.attestations,
      attestationLog: api.attestationLog,
      statuses: api.statuses,
      publicUrl: "https://verify.example.com",
    }),
  );
  app.use(errorEnvelope({ publicUrl: "https://verify.example.com", log: silentLog }));
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    get: (path: string) => fetch(`http://127.0.0.1:${port}${path}`),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

describe("a session that was read", () => {
  test("is completed with an attestation that a stranger can check", async () => {
    await using api = await start();
    const session = await api.run({ extracted: extraction }, { nonce: "nonce-1", externalReferenceId: "user_abc123" });
    expect(await api.ended(session.id)).toMatchObject({ status: "COMPLETED", has_attestation: true });

    await using http = await serve(api, session.partner_id);
    const answer = await http.get(`/partner/browser-session/${session.id}/attestation`);
    expect(answer.status).toBe(200);
    const { data } = successEnvelope(attestationResponseSchema).parse(await answer.json());
    const jwks: unknown = await (await http.get("/.well-known/jwks.json")).json();
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    const result = await verifyAttestation(data.attestation, {
      jwks,
      now: new Date(),
      issuer: data.issuer,
      audience: session.partner_id,
      nonce: "nonce-1",
      sessionId: session.id,
      externalReferenceId: "user_abc123",
      proofHash: data.proofHash,
    });
    expect(result).toMatchObject({
      ok: true,
      disclosed: extraction.extractedData,
      claims: { result: "complete", isolation_level: "L1" },
    });
  });

  test("in part says so", async () => {
    await using api = await start();
    const session = await api.run({
      extracted: { ...extraction, failedParts: [{ part: "transactions", code: "EXTRACTION_FAILED" }] },
    });
    expect(await api.ended(session.id)).toMatchObject({ status: "PARTIAL_COMPLETE", has_attestation: true });
    const row = await api.attestations.get(session.id);
    expect(
      await verifyAttestation(row?.attestation, { jwks: await api.keys.published(), now: new Date() }),
    ).toMatchObject({ ok: true, claims: { result: "partial" } });
  });

  test("and cannot be attested keeps its data and has no attestation", async () => {
    await using api = await start();
    const session = await api.run({ extracted: { ...extraction, extractedData: { account: { _sd: ["x"] } } } });
    expect(await api.ended(session.id)).toMatchObject({
      status: "PARTIAL_COMPLETE",
      reason_code: "ATTESTATION_FAILED",
      has_attestation: false,
    });
    expect(await api.attestations.get(session.id)).toBeNull();
    await using http = await serve(api, session.partner_id);
    const answer = await http.get(`/partner/browser-session/${session.id}/attestation`);
    expect(answer.status).toBe(404);
    expect(errorEnvelopeSchema.parse(await answer.json()).error.code).toBe("attestation_absent");
  });

  test("is not kept waiting by an issuer that hangs", async () => {
    await using api = await start({ timeoutMs: 20, platform: () => new Promise(() => undefined) });
    const session = await api.run({ extracted: extraction });
    expect(await api.ended(session.id)).toMatchObject({
      status: "PARTIAL_COMPLETE",
      reason_code: "ATTESTATION_TIMEOUT",
    });
  });

  test("and ended in the meantime gets none", async () => {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<{ name: string; definition: typeof samplePlatform }>();
    await using api = await start({
      platform: () => {
        reached.resolve();
        return held.promise;
      },
    });
    const session = await api.run({ extracted: extraction });
    await reached.promise;
    await api.sessions.apply(session.id, { type: "session.terminated", code: "TERMINATED_BY_PARTNER" });
    held.resolve({ name: "demo-bank", definition: samplePlatform });
    // Runs behind the first: when it is back, that one has tried.
    await api.attestations.issue(session.id);
    await api.effectsSettled();
    expect(await api.sessions.get(session.id)).toMatchObject({ status: "TERMINATED", has_attestation: false });
    expect(await api.attestations.get(session.id)).toBeNull();
  });

  test("is issued once however often it is asked for", async () => {
    await using api = await start();
    const session = await api.run({ extracted: extraction });
    await Promise.all([api.attestations.issue(session.id), api.attestations.issue(session.id)]);
    await api.effectsSettled();
    const first = await api.attestations.get(session.id);
    await api.attestations.issue(session.id);
    expect(await api.attestations.get(session.id)).toEqual(first);
    expect(await api.sessions.get(session.id)).toMatchObject({ status: "COMPLETED" });
  });

  test("is another partner's: there is nothing there", async () => {
    await using api = await start();
    const session = await api.run({ extracted: extraction });
    await api.ended(session.id);
    await using http = await serve(api, api.otherPartner.partnerId);
    const answer = await http.get(`/partner/browser-session/${session.id}/attestation`);
    expect(answer.status).toBe(404);
    expect(errorEnvelopeSchema.parse(await answer.json()).error.code).toBe("session_not_found");
  });
});

describe("after a restart", () => {
  test("sessions that were left in VERIFYING are attested", async () => {
    const dead = new AbortController();
    await using api = await start({
      platform: () =>
        dead.signal.aborted
          ? Promise.resolve({ name: "demo-bank", definition: samplePlatform })
          : new Promise(() => undefined),
    });
    const session = await api.run({ extracted: extraction });
    dead.abort();
    await api.attestations.resume();
    expect(await api.sessions.get(session.id)).toMatchObject({ status: "COMPLETED", has_attestation: true });
  });
});

describe("the signing key", () => {
  test("is made once, even by two who ask at the same time, and kept", async () => {
    await using api = await start();
    await api.db.deleteFrom("signing_keys").execute();
    const again = createSigningKeys({ db: api.db, sealer: api.sealer, now: () => new Date() });
    const [first, second] = await Promise.all([api.keys.active(), again.active()]);
    const later = await again.active();
    expect(await api.keys.active()).toEqual(later);
    const published = (await again.published()).keys.map(({ kid }) => kid);
    expect(published).toEqual(expect.arrayContaining([first.kid, second.kid, later.kid]));
  });

  test("is sealed: another master key cannot use it, and it is not in the table", async () => {
    await using api = await start();
    await api.db.deleteFrom("signing_keys").execute();
    const key = await api.keys.active();
    const row = await api.db.selectFrom("signing_keys").selectAll().executeTakeFirstOrThrow();
    expect(Buffer.from(row.private_jwk_enc).includes(key.privateJwk.d)).toBe(false);
    expect(JSON.stringify(row.public_jwk)).not.toContain(key.privateJwk.d);
    const stranger = createSigningKeys({ db: api.db, sealer: createSealer(new Uint8Array(32)), now: () => new Date() });
    await expect(stranger.active()).rejects.toThrow();
  });
});

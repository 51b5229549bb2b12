import { createPublicKey, verify } from "node:crypto";
import {
  attestationResponseSchema,
  erasureSchema,
  errorEnvelopeSchema,
  sessionSchema,
} from "@attestream/shared/partner-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { sealExtraction } from "./extraction.ts";
import { createSealer } from "../storage/encryption.ts";

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const demo = "demo-partner-key-0123456789";
const masterKey = "a-master-key-for-tests-of-32-chars-or-more";

/** Payload of a compact JWS whose signature a key of the set holds for. */
function checkReceipt(receipt: string, keys: { kid?: string }[]) {
  const [header = "", payload = "", signature = ""] = receipt.split(".");
  const { alg, kid, typ } = JSON.parse(Buffer.from(header, "base64url").toString());
  expect([alg, typ]).toEqual(["ES256", "erasure-receipt+jwt"]);
  const jwk = keys.find((key) => key.kid === kid) ?? {};
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  expect(verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"))).toBe(true);
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

describe.each([embedded, postgres()])("erasing a session's data on $name", (engine) => {
  let test: TestApi;
  beforeAll(async () => {
    test = await startTestApi(
      { ...(await engine.env()), DEMO_PARTNER_API_KEY: demo, MASTER_KEY: masterKey },
      { platforms: { "tenant-bank": "allowCustomUrl: true" } },
    );
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await engine.stop();
  });

  const pathOf = (id: string) => `/partner/browser-session/${id}`;

  /** A session that went through all of its life, and ended with an attestation. */
  async function completed(): Promise<string> {
    const id = await test.createSession({
      receiverData: { name: "Jane Roe" },
      metadata: { branch: "north" },
      platformId: 3,
      customUrl: "https://tenant.example.com/login",
      externalReferenceId: "order-1",
    });
    for (const type of [
      "session.opened",
      "session.dispatched",
      "browser.started",
      "viewer.connected",
      "tree.loaded",
      "tree.started",
      "collection.started",
    ] as const)
      await test.api.sessions.apply(id, { type });
    const hash = (await test.api.sessions.get(id))?.platform_hash ?? "";
    const sealed = sealExtraction(createSealer(new TextEncoder().encode(masterKey)), id, {
      extractedData: { accountHolder: "Jane Roe" },
      failedParts: [],
      workflow: { name: "sample-bank", version: "1.0.0", hash },
      browser: { product: "HeadlessChrome", version: "156.0" },
      isolationLevel: "L1",
    });
    await test.api.sessions.apply(id, { type: "data.extracted", partial: false }, { set: { extraction_enc: sealed } });
    await test.reached(id, "COMPLETED");
    return id;
  }

  it("leaves the session's record and a receipt, and nothing of its user", async () => {
    const id = await completed();
    const before = sessionSchema.parse((await test.call("GET", pathOf(id))).body.data);
    expect(before).toMatchObject({ hasAttestation: true, extractedData: { accountHolder: "Jane Roe" } });
    const { proofHash } = attestationResponseSchema.parse(
      (await test.call("GET", `${pathOf(id)}/attestation`)).body.data,
    );

    const answer = await test.call("DELETE", `${pathOf(id)}/data`);
    expect(answer.status).toBe(200);
    const erasure = erasureSchema.parse(answer.body.data);
    const jwks = await fetch(`http://127.0.0.1:${test.api.port}/.well-known/jwks.json`);
    const { keys } = keySetSchema.parse(await jwks.json());
    expect(checkReceipt(erasure.receipt, keys)).toMatchObject({
      iss: test.api.url,
      session_id: id,
      erased: ["extractedData", "receiverData", "attestation", "metadata", "customUrl"],
      proof_hash: proofHash,
    });

    const after = sessionSchema.parse((await test.call("GET", pathOf(id))).body.data);
    const { hasAttestation: _, metadata: __, customUrl: ___, ...kept } = before;
    expect(after).toEqual({ ...kept, extractedData: null, dataErasedAt: erasure.erasedAt });
    expect((await test.call("GET", `${pathOf(id)}/attestation`)).body.error?.["code"]).toBe("attestation_absent");
    const { db } = test.api.database;
    const row = await db.selectFrom("sessions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ receiver_data_enc: null, extraction_enc: null, metadata: null, custom_url: null });
    expect(await db.selectFrom("attestations").selectAll().where("session_id", "=", id).execute()).toEqual([]);
    const log = await test.call("GET", `${pathOf(id)}/events`);
    expect(JSON.stringify(log.body.data)).toContain("data.erased");

    // Asked again, together and alone.
    const again = await Promise.all([1, 2, 3].map(() => test.call("DELETE", `${pathOf(id)}/data`)));
    for (const { body } of again) expect(body.data).toEqual(erasure);
  });

  it("waits for the session's end", async () => {
    const id = await test.createSession();
    const refused = await test.call("DELETE", `${pathOf(id)}/data`);
    expect(refused.status).toBe(409);
    expect(errorEnvelopeSchema.parse(refused.body).error.code).toBe("session_state_conflict");
    await test.call("POST", `${pathOf(id)}/terminate`);
    const { receipt } = erasureSchema.parse((await test.call("DELETE", `${pathOf(id)}/data`)).body.data);
    expect(JSON.parse(Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString()).erased).toEqual([]);
  });

  it("is nobody else's to ask", async () => {
    const id = await completed();
    const { status, body } = await test.call("DELETE", `${pathOf(id)}/data`, { key: demo });
    expect([status, body.error?.["code"]]).toEqual([404, "session_not_found"]);
    expect((await test.call("GET", pathOf(id))).body.data).toMatchObject({ hasAttestation: true });
  });
});

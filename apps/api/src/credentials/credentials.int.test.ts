import { derivePresentation, verifyPresentation } from "@attestream/attestation/zero-knowledge";
import { attestationResponseSchema, credentialResponseSchema, erasureSchema } from "@attestream/shared/partner-api";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";

const demo = "demo-partner-key-0123456789";

describe.each([embedded, postgres()])("a session's credential on $name", (engine) => {
  let test: TestApi;
  let worker: Awaited<ReturnType<typeof startWorkerOf>>;
  beforeAll(async () => {
    test = await startTestApi({ ...(await engine.env()), DEMO_PARTNER_API_KEY: demo });
    worker = await startWorkerOf(test, { auto: { viewer: true } });
  });
  afterAll(async () => {
    await worker.stop();
    await test[Symbol.asyncDispose]();
    await engine.stop();
  });

  const path = (id: string, rest = "") => `/partner/browser-session/${id}${rest}`;
  const absent = (why: string) => ({
    status: 404,
    body: { error: { code: "credential_absent", message: expect.stringContaining(why) } },
  });
  const keys = async (): Promise<unknown> => (await fetch(`${test.api.url}/.well-known/bbs-keys.json`)).json();

  async function completed(body: Record<string, unknown>): Promise<string> {
    const id = await test.createSession(body);
    await test.reached(id, "COMPLETED");
    return id;
  }

  it("is made when it is asked for, and proves to a stranger what the attestation says", async () => {
    expect(await keys()).toEqual({ keys: [] });
    const id = await completed({ credential: true, nonce: "n-1" });
    const answer = await test.call("GET", path(id, "/credential"));
    expect(answer.status).toBe(200);
    const { credential } = credentialResponseSchema.parse(answer.body.data);

    const predicates = [{ field: "accountType", is: "==", value: "checking" } as const];
    const proof = await derivePresentation(credential, { predicates, challenge: "q1", keys: await keys() });
    const result = await verifyPresentation(JSON.parse(JSON.stringify(proof)), {
      keys: await keys(),
      now: new Date(),
      issuer: test.api.url,
      sessionId: id,
      nonce: "n-1",
      challenge: "q1",
    });
    expect(result).toMatchObject({ ok: true, revealed: { accountType: "checking" } });
    expect(JSON.stringify(proof)).not.toContain("Sample Holder");
    const attestation = attestationResponseSchema.parse((await test.call("GET", path(id, "/attestation"))).body.data);
    expect(proof.header.attestation_hash).toBe(attestation.proofHash);
    // The same for whoever asks again; sealed where it is kept; another partner's business it is not.
    expect((await test.call("GET", path(id, "/credential"))).body).toEqual(answer.body);
    const { rows } = await sql<{ row: string }>`select credentials::text as row from credentials`.execute(
      test.api.database.db,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(Buffer.from("Sample Holder").toString("hex"));
    expect(await test.call("GET", path(id, "/credential"), { key: demo })).toMatchObject({
      body: { error: { code: "session_not_found" } },
    });
  });

  it("is there only for who asked for one", async () => {
    const without = await completed({});
    expect(await test.call("GET", path(without, "/credential"))).toMatchObject(absent("without credential: true"));
  });

  it("is refused together with predicates, whose values nobody keeps", async () => {
    const disclosure = { predicates: [{ name: "named", field: "accountHolder", is: "present" }] };
    const answer = await test.call("POST", "/partner/browser-session", {
      body: { platformId: 1, credential: true, disclosure },
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_request", param: "credential" } } });
  });

  it("goes with the data, and with a revoked attestation", async () => {
    const id = await completed({ credential: true });
    expect((await test.call("GET", path(id, "/credential"))).status).toBe(200);
    const erased = await test.call("DELETE", path(id, "/data"));
    const { receipt } = erasureSchema.parse(erased.body.data);
    const payload = JSON.parse(Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString()) as unknown;
    expect(payload).toMatchObject({ erased: expect.arrayContaining(["credential"]) });
    expect(await test.call("GET", path(id, "/credential"))).toMatchObject(absent("it has no attestation"));

    const revoked = await completed({ credential: true });
    expect((await test.call("GET", path(revoked, "/credential"))).status).toBe(200);
    await test.call("POST", path(revoked, "/attestation/revoke"), { body: {} });
    expect(await test.call("GET", path(revoked, "/credential"))).toMatchObject(absent("was revoked"));
  });
});

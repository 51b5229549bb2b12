import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSigningKey, verifyAttestation, type SigningKey } from "@attestream/attestation";
import type { EvidenceStatement } from "@attestream/attestation/evidence";
import type { Disclosure } from "@attestream/shared";
import type { ExtractionResult } from "@attestream/shared/worker-protocol";
import { openTemplateCopy, type TemplateCopy } from "../test-support/open-template-copy.ts";
import { extraction, samplePlatform, startSessions } from "../webhooks/test-support/start-sessions.ts";
import { makeEvidence } from "./test-support/make-evidence.ts";

type Api = Awaited<ReturnType<typeof startSessions>>;

let database: TemplateCopy;
let key: SigningKey;
let api: Api;
beforeAll(async () => {
  database = await openTemplateCopy();
  key = await createSigningKey();
  api = await startSessions({ pglite: database.pglite }, { attestorKeys: [key.publicJwk] });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** A session whose worker came with this, and how it ended. */
async function ended(
  result: (id: string) => Promise<Partial<ExtractionResult>>,
  input: { nonce?: string; disclosure?: Disclosure } = {},
) {
  const id = randomUUID();
  await api.run({ extracted: { ...extraction, ...(await result(id)) } }, { id, ...input });
  return api.ended(id);
}

const witnessed =
  (changes: Partial<EvidenceStatement["predicate"]> = {}, by?: SigningKey) =>
  async (sessionId: string): Promise<Partial<ExtractionResult>> => ({
    evidence: [await makeEvidence({ key: by ?? key, sessionId, data: extraction.extractedData }, changes)],
  });

describe("a session that an attestor witnessed", () => {
  test("has an attestation that says so, with all that a stranger needs to check it", async () => {
    const session = await ended(
      async (sessionId) => ({
        evidence: [await makeEvidence({ key, sessionId, nonce: "n-1", data: extraction.extractedData })],
      }),
      { nonce: "n-1" },
    );
    expect(session).toMatchObject({ status: "COMPLETED", has_attestation: true });
    const row = await api.attestations.get(session.id);
    expect(row?.mode).toBe("passive");
    const status = await api.statuses.place(session.id);
    const result = await verifyAttestation(row?.attestation, {
      jwks: await api.keys.published(),
      attestors: { keys: [key.publicJwk] },
      evidence: row?.evidence,
      log: await api.attestationLog.prove({ sessionId: session.id }),
      statusList: await api.statuses.token(status.listId),
      now: new Date(),
      nonce: "n-1",
      require: "passive",
      witnessed: ["accountHolder", "balance"],
      servers: ["bank.example.com"],
    });
    expect(result).toMatchObject({ ok: true, claims: { mode: "passive", fallback: [] } });
    const stored = await api.db
      .selectFrom("attestations")
      .select("evidence_enc")
      .where("session_id", "=", session.id)
      .executeTakeFirstOrThrow();
    expect(Buffer.from(stored.evidence_enc ?? []).includes(row?.evidence[0]?.payload ?? "-")).toBe(false);
    expect(await api.db.selectFrom("attestor_keys").select("kid").execute()).toEqual([{ kid: key.kid }]);
  });

  test("proves answers where only answers were asked for", async () => {
    const disclosure: Disclosure = {
      predicates: [{ name: "enough", field: "balance.amount", is: ">=", value: 1000 }],
    };
    const session = await ended(
      async (sessionId) => ({
        extractedData: { enough: true },
        evidence: [await makeEvidence({ key, sessionId, data: { enough: true }, disclosure })],
      }),
      { disclosure },
    );
    const row = await api.attestations.get(session.id);
    expect(
      await verifyAttestation(row?.attestation, {
        jwks: await api.keys.published(),
        attestors: { keys: [key.publicJwk] },
        evidence: row?.evidence,
        now: new Date(),
        witnessed: ["enough"],
      }),
    ).toMatchObject({ ok: true, disclosed: { enough: true }, claims: { mode: "passive", disclosure } });
  });
});

describe("evidence of anything else is caught", () => {
  test.each<[string, (id: string) => Promise<Partial<ExtractionResult>>]>([
    ["another session's", async () => witnessed()(randomUUID())],
    ["of another workflow", witnessed({ workflow_hash: "2".repeat(64) })],
    ["read by other rules", witnessed({ extractor_hash: "2".repeat(64) })],
    ["of another server", witnessed({ server_name: "bank.example.org" })],
    ["of a part that is not to be proved", witnessed({ part: "statements" })],
    ["of another disclosure", witnessed({ disclosure_hash: "2".repeat(64) })],
    [
      "of another value",
      async (sessionId) => ({
        evidence: [await makeEvidence({ key, sessionId, data: { ...extraction.extractedData, accountHolder: "Eve" } })],
      }),
    ],
    [
      "that cannot be read",
      async (id) => {
        const [given] = (await witnessed()(id)).evidence ?? [];
        return given ? { evidence: [{ ...given, envelope: { ...given.envelope, payload: "AAAA" } }] } : {};
      },
    ],
    [
      "given twice",
      async (id) => {
        const { evidence = [] } = await witnessed()(id);
        return { evidence: [...evidence, ...evidence] };
      },
    ],
    ["with another workflow's data", async () => ({ workflow: { name: "x", version: "1", hash: "2".repeat(64) } })],
  ])("%s", async (_what, result) => {
    const session = await ended(result);
    expect(session).toMatchObject({ status: "ERROR", reason_code: "ATTESTATION_MISMATCH", has_attestation: false });
    expect(await api.attestations.get(session.id)).toBeNull();
  });

  test("signed by an attestor whom nobody knows it gives no attestation", async () => {
    const session = await ended(witnessed({}, await createSigningKey()));
    expect(session).toMatchObject({ status: "PARTIAL_COMPLETE", reason_code: "ATTESTOR_UNAVAILABLE" });
  });

  test("signed with the issuer's own key it is nobody's", async () => {
    const own = await api.keys.active();
    await using fooled = await startSessions({ pglite: database.pglite }, { attestorKeys: [own.publicJwk] });
    const id = randomUUID();
    await fooled.run({ extracted: { ...extraction, ...(await witnessed({}, own)(id)) } }, { id });
    expect(await fooled.ended(id)).toMatchObject({ status: "ERROR", reason_code: "ATTESTATION_MISMATCH" });
  });
});

describe("a part without evidence", () => {
  test("is only signed, and the attestation says why", async () => {
    const session = await ended(async () => ({ withoutEvidence: [{ part: "account", code: "tls_unsuitable" }] }));
    expect(session).toMatchObject({ status: "COMPLETED", has_attestation: true });
    const row = await api.attestations.get(session.id);
    expect(row).toMatchObject({ mode: "signed", evidence: [] });
    expect(
      await verifyAttestation(row?.attestation, { jwks: await api.keys.published(), now: new Date() }),
    ).toMatchObject({ ok: true, claims: { mode: "signed", fallback: [{ part: "account", code: "tls_unsuitable" }] } });
  });

  test("ends the session where the platform requires proof", async () => {
    const definition = { ...samplePlatform, prove: [{ from: "account", reveal: ["accountHolder"], required: true }] };
    await using strict = await startSessions(
      { pglite: database.pglite },
      { attestorKeys: [key.publicJwk], attestation: { platform: async () => ({ name: "demo-bank", definition }) } },
    );
    const session = await strict.run({ extracted: extraction });
    expect(await strict.ended(session.id)).toMatchObject({ status: "ERROR", reason_code: "ATTESTATION_MISMATCH" });
    const id = randomUUID();
    const stranger = await createSigningKey();
    const evidence = [await makeEvidence({ key: stranger, sessionId: id, data: { accountHolder: "Jane Roe" } })];
    await strict.run({ extracted: { ...extraction, evidence } }, { id });
    // No partial result: the data alone is not what the tree promises.
    expect(await strict.ended(id)).toMatchObject({ status: "ERROR", reason_code: "ATTESTOR_UNAVAILABLE" });
  });
});

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyAttestation } from "@attestream/attestation/verify";
import { applyDisclosure } from "@attestream/attestation/disclosure";
import { logEntryOf, openCheckpoint, verifyConsistency, verifyInclusion } from "@attestream/attestation/log";
import type { Disclosure } from "@attestream/shared";
import {
  attestationResponseSchema,
  logCheckpointSchema,
  logConsistencySchema,
  logEntriesSchema,
  logProofSchema,
} from "@attestream/shared/partner-api";
import { systemActor } from "../audit/actor.ts";
import { createAuditLog } from "../audit/audit-log.ts";
import { createSealer } from "../storage/encryption.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";
import { checkLog } from "../log/check-log.ts";
import { rotateSigningKey } from "./rotation/rotate-signing-key.ts";

const demo = "demo-partner-key-0123456789";
const masterKey = "a-master-key-for-tests-of-32-chars-or-more";
const data = { accountHolder: "Sample Holder" };

let test: TestApi;
let tellsTooMuch = false;
let stopWorker: () => Promise<void>;
beforeAll(async () => {
  test = await startTestApi({ MASTER_KEY: masterKey, DEMO_PARTNER_API_KEY: demo });
  const worker = await startWorkerOf(test, {
    auto: {
      viewer: true,
      result: ({ platformHash, disclosure }) => ({
        extractedData: tellsTooMuch ? data : applyDisclosure(data, disclosure),
        failedParts: [],
        workflow: { name: "sample", version: "1.0.0", hash: platformHash },
        browser: { product: "FakeBrowser", version: "1" },
        isolationLevel: "L1",
      }),
    },
  });
  stopWorker = () => worker.stop();
});
afterAll(async () => {
  await stopWorker();
  await test[Symbol.asyncDispose]();
});

async function completed(body: Record<string, unknown> = {}): Promise<string> {
  const id = await test.createSession(body);
  await test.reached(id, "COMPLETED");
  return id;
}

const pathOf = (id: string) => `/partner/browser-session/${id}`;
const open = async (path: string) => (await test.call("GET", path, { key: null })).body;
const proofOf = async (id: string) =>
  attestationResponseSchema.parse((await test.call("GET", `${pathOf(id)}/attestation`)).body.data);

describe("disclosure", () => {
  const disclosure: Disclosure = {
    predicates: [
      { name: "isSample", field: "accountHolder", is: "==", value: "Sample Holder" },
      { name: "isOther", field: "accountHolder", is: "==", value: "Other Holder" },
    ],
  };

  it("of answers only: these are the data, what they are about is nowhere", async () => {
    const id = await completed({ disclosure });
    const { body } = await test.call("GET", pathOf(id));
    expect(body.data?.["extractedData"]).toEqual({ isSample: true, isOther: false });
    const { attestation } = await proofOf(id);
    const result = await verifyAttestation(attestation, {
      jwks: await open("/.well-known/jwks.json"),
      now: new Date(),
    });
    expect(result).toMatchObject({ ok: true, disclosed: { isSample: true, isOther: false }, claims: { disclosure } });
  });

  it("of fields: the others stay where they are", async () => {
    const id = await completed({ disclosure: { fields: ["accountHolder"] } });
    expect((await test.call("GET", pathOf(id))).body.data?.["extractedData"]).toEqual(data);
  });

  it("holds for the worker too: what it tells beyond is not stored", async () => {
    tellsTooMuch = true;
    const id = await test.createSession({ disclosure });
    await test.reached(id, "ERROR");
    tellsTooMuch = false;
    const session = await test.api.sessions.get(id);
    expect(session).toMatchObject({ reason_code: "ATTESTATION_MISMATCH", extraction_enc: null });
  });

  it("of what the platform does not give is refused, naming the member", async () => {
    const ask = (asked: unknown) =>
      test.call("POST", "/partner/browser-session", { body: { platformId: 1, disclosure: asked } });
    for (const [asked, param] of [
      [{ fields: ["income"] }, "disclosure.fields.0"],
      [{ predicates: [{ name: "a", field: "accountHolder.first", is: "present" }] }, "disclosure.predicates.0.field"],
      [{ predicates: [{ name: "a", field: "accountHolder", is: "~" }] }, "disclosure.predicates.0.is"],
    ] as const) {
      const { status, body } = await ask(asked);
      expect([status, body.error?.["param"]]).toEqual([400, param]);
    }
  });
});

describe("the log", () => {
  it("has every attestation, and shows that it only grows", async () => {
    const before = logCheckpointSchema.parse(await open("/log/checkpoint"));
    const ids = [await completed(), await completed()];
    const after = logCheckpointSchema.parse(await open("/log/checkpoint"));
    expect(after.size).toBe(before.size + 2);
    const jwks = await open("/.well-known/jwks.json");
    expect(await openCheckpoint(after.checkpoint, jwks)).toMatchObject({ origin: after.origin, size: after.size });

    const { consistency } = logConsistencySchema.parse(
      await open(`/log/proof/consistency?first=${before.size}&second=${after.size}`),
    );
    const hash = (text: string, encoding: "hex" | "base64") => new Uint8Array(Buffer.from(text, encoding));
    expect(
      verifyConsistency({
        first: before.size,
        second: after.size,
        path: consistency.map((step) => hash(step, "base64")),
        firstRoot: hash(before.root, "hex"),
        secondRoot: hash(after.root, "hex"),
      }),
    ).toBe(true);

    const { leaves } = logEntriesSchema.parse(await open(`/log/entries?start=${before.size}&end=${after.size + 9}`));
    for (const [at, id] of ids.entries()) {
      const { attestation, log } = await proofOf(id);
      const entry = logEntryOf(attestation.split("~", 1)[0] ?? "");
      expect(leaves[at]).toBe(Buffer.from(entry).toString("hex"));
      const proof = logProofSchema.parse(await open(`/log/proof/inclusion?leaf=${leaves[at]}`));
      expect(proof).toMatchObject({ index: before.size + at, size: after.size });
      expect(log).toMatchObject({ index: proof.index, inclusion: proof.inclusion });
      expect(
        verifyInclusion({
          entry,
          index: proof.index,
          size: proof.size,
          path: proof.inclusion.map((step) => hash(step, "base64")),
          root: hash(after.root, "hex"),
        }),
      ).toBe(true);
    }
  });

  it("says what is wrong with a question", async () => {
    for (const [path, status, param] of [
      ["/log/proof/inclusion", 400, "leaf"],
      ["/log/proof/inclusion?leaf=zz", 400, "leaf"],
      [`/log/proof/inclusion?leaf=${"0".repeat(64)}`, 404, undefined],
      ["/log/proof/consistency?first=0", 400, "second"],
      ["/log/proof/consistency?first=0&second=999999", 400, "second"],
      ["/log/proof/consistency?first=2&second=1", 400, "second"],
      ["/log/entries?start=2&end=1", 400, "end"],
    ] as const) {
      const answer = await test.call("GET", path, { key: null });
      expect([path, answer.status, answer.body.error?.["param"]]).toEqual([path, status, param]);
    }
    expect(await open("/log/entries?start=5000&end=6000")).toEqual({ start: 5000, leaves: [] });
  });
});

describe("revoking", () => {
  const revoke = (id: string, body: unknown = {}, key?: string) =>
    test.call("POST", `${pathOf(id)}/attestation/revoke`, { body, ...(key === undefined ? {} : { key }) });

  async function statusList(uri: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${test.api.port}${new URL(uri).pathname}`);
    expect(response.headers.get("content-type")).toBe("application/statuslist+jwt");
    return response.text();
  }

  it("shows in the status list, the answer and the session, once and for good", async () => {
    const [id, other] = [await completed(), await completed()];
    const before = await proofOf(id);
    const check = async (given: typeof before) =>
      verifyAttestation(given.attestation, {
        jwks: await open("/.well-known/jwks.json"),
        statusList: await statusList(given.status?.uri ?? ""),
        log: given.log,
        now: new Date(),
      });
    expect(await check(before)).toMatchObject({ ok: true });
    expect(before.status?.revoked).toBe(false);

    const first = await revoke(id, { reason: "data_incorrect" });
    expect(first.body.data).toMatchObject({ sessionId: id, reason: "data_incorrect" });
    expect((await revoke(id, { reason: "fraud" })).body.data).toEqual(first.body.data);
    const after = await proofOf(id);
    expect(after.status).toMatchObject({ revoked: true, reason: "data_incorrect" });
    expect(await check(after)).toMatchObject({ ok: false, reason: "revoked" });
    expect(await check(await proofOf(other))).toMatchObject({ ok: true });
    expect((await test.call("GET", pathOf(id))).body.data).not.toHaveProperty("hasAttestation");
    const audited = await test.api.database.db
      .selectFrom("audit_log")
      .selectAll()
      .where("action", "=", "attestation.revoked")
      .execute();
    expect(audited).toMatchObject([{ subject: id, details: '{"reason":"data_incorrect"}' }]);
  });

  it("goes on after erasure, which leaves the hash in the log and nothing of the attestation", async () => {
    const id = await completed();
    const { attestation, status } = await proofOf(id);
    const leaf = Buffer.from(logEntryOf(attestation.split("~", 1)[0] ?? "")).toString("hex");
    await test.call("DELETE", `${pathOf(id)}/data`);
    expect((await test.call("GET", `/log/proof/inclusion?leaf=${leaf}`, { key: null })).status).toBe(200);
    expect((await revoke(id)).body.data).toMatchObject({ reason: "unspecified" });
    const result = await verifyAttestation(attestation, {
      jwks: await open("/.well-known/jwks.json"),
      statusList: await statusList(status?.uri ?? ""),
      now: new Date(),
    });
    expect(result).toMatchObject({ ok: false, reason: "revoked" });
  });

  it("is the partner's own to ask, of an attestation that there is", async () => {
    const id = await completed();
    expect((await revoke(id, {}, demo)).status).toBe(404);
    const refused = await revoke(id, { reason: "because" });
    expect([refused.status, refused.body.error?.["param"]]).toEqual([400, "reason"]);
    const unfinished = await test.createSession();
    await test.call("POST", `${pathOf(unfinished)}/terminate`);
    expect((await revoke(unfinished)).body.error?.["code"]).toBe("attestation_absent");
  });
});

describe("a new signing key", () => {
  it("signs from then on, and what the old one signed still verifies", async () => {
    const old = await proofOf(await completed());
    const { db } = test.api.database;
    const sealer = createSealer(new TextEncoder().encode(masterKey));
    const now = () => new Date();
    const audit = createAuditLog({ key: new Uint8Array(32), now });
    const { kid, replaced } = await rotateSigningKey({ db, sealer, audit, now }, systemActor("operator"));
    expect(replaced).toHaveLength(1);
    const fresh = await proofOf(await completed());
    const jwks = await open("/.well-known/jwks.json");
    const check = ({ attestation, log }: typeof old) => verifyAttestation(attestation, { jwks, log, now: now() });
    expect(await check(old)).toMatchObject({ ok: true, kid: replaced[0] });
    expect(await check(fresh)).toMatchObject({ ok: true, kid });
  });
});

describe("from outside the API", () => {
  it("an auditor counts the whole log anew, and sees that it goes on from what was kept", async () => {
    const baseUrl = `http://127.0.0.1:${test.api.port}`;
    const first = await checkLog({ baseUrl, kept: null });
    await completed();
    const second = await checkLog({ baseUrl, kept: first.checkpoint });
    expect(second.size).toBe(first.size + 1);
    // The one before is no longer than the log: it cannot be gone on from.
    await expect(checkLog({ baseUrl, kept: { ...second.checkpoint, size: second.size + 1 } })).rejects.toThrow(
      "shorter",
    );
    await expect(checkLog({ baseUrl, kept: { ...first.checkpoint, root: "0".repeat(64) } })).rejects.toThrow("changed");
  });

  it("the operator revokes and changes the key by commands", async () => {
    const id = await completed();
    await stopWorker();
    await test.api.stop();
    const run = async (program: string, ...args: string[]) => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--conditions=@attestream/source", join(import.meta.dirname, program), ...args],
        { env: { PATH: "/usr/bin:/bin", DATA_DIR: test.dataDir, MASTER_KEY: masterKey } },
      );
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    expect(await run("../revocation/main.ts", "--session", id, "--reason", "fraud")).toMatchObject({ reason: "fraud" });
    const { kid } = await run("rotation/main.ts");
    await expect(run("../revocation/main.ts", "--session", "x")).rejects.toMatchObject({ code: 78 });
    await test.restart();
    expect((await proofOf(id)).status).toMatchObject({ revoked: true, reason: "fraud" });
    expect(await open("/.well-known/jwks.json")).toMatchObject({
      keys: expect.arrayContaining([expect.objectContaining({ kid })]),
    });
    const who = await test.api.database.db
      .selectFrom("audit_log")
      .select(["actor", "action"])
      .orderBy("seq", "desc")
      .limit(2)
      .execute();
    expect(who).toEqual([
      { actor: "system: operator", action: "signing_key.replaced" },
      { actor: "system: operator", action: "attestation.revoked" },
    ]);
  });
});

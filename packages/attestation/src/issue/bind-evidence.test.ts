import { expect, test } from "vitest";
import { createAttestor, sampleWorkflow, witnessSample, type EvidenceChange } from "../test-support/sample-evidence.ts";
import { decodePart, issueSample, readPayload, sampleInput, splitAttestation } from "../test-support/sample.ts";
import { hashEnvelope } from "../evidence/index.ts";
import type { AttestationInput } from "./create-issuer.ts";

async function issueWith(evidence: EvidenceChange, change: Partial<AttestationInput> = {}) {
  const { key } = await createAttestor();
  const witnessed = await witnessSample(key, evidence);
  return { witnessed, issued: await issueSample({ workflow: sampleWorkflow, evidence: [witnessed], ...change }) };
}

test("the credential has the attestor's digests for what it witnessed, and names the evidence", async () => {
  const { witnessed, issued } = await issueWith({});
  const { jwt, disclosures } = splitAttestation(issued.attestation);
  const payload = readPayload(jwt);
  const { fields } = JSON.parse(Buffer.from(witnessed.envelope.payload, "base64").toString()).predicate;
  const { _sd: digests } = payload["claims"] as { _sd: string[] };
  expect(digests).toEqual(expect.arrayContaining(Object.values(fields)));
  expect(digests).toHaveLength(3);
  const salts = new Map(
    disclosures.map((one) => decodePart(one) as [string, string]).map(([salt, name]) => [name, salt]),
  );
  expect(salts.get("balance")).toBe(witnessed.salts["balance"]);
  expect(salts.get("transactions")).not.toBe(witnessed.salts["balance"]);
  expect(payload).toMatchObject({
    mode: "passive",
    fallback: [],
    evidence: [
      {
        mode: "passive",
        part: "account",
        server_name: "api.demo-bank.example",
        kid: witnessed.envelope.signatures[0]?.keyid,
        envelope_sha256: await hashEnvelope(witnessed.envelope),
        fields: ["accountHolder", "balance"],
      },
    ],
  });
});

test.each([
  ["replay alone", ["replay"], [], "replay"],
  ["replay and passive", ["replay", "passive"], [], "passive"],
  ["one part without evidence", ["replay"], [{ part: "cards", code: "not_witnessed" }], "signed"],
  ["none", [], [], "signed"],
] as const)("the mode is that of the weakest part: %s", async (_name, modes, fellBack, expected) => {
  const { key } = await createAttestor();
  const evidence = await Promise.all(
    modes.map((mode) => {
      const request = mode === "replay" ? { request: { method: "GET", target: "/" } } : {};
      return witnessSample(key, { predicate: { mode, ...request } });
    }),
  );
  const { attestation } = await issueSample({ workflow: sampleWorkflow, evidence, fellBack });
  expect(readPayload(splitAttestation(attestation).jwt)).toMatchObject({ mode: expected, fallback: fellBack });
});

test.each([
  ["another session", { sessionId: "another" }, {}, /another session/],
  ["another nonce", { nonce: null }, {}, /another nonce/],
  ["another workflow", {}, { workflow: { ...sampleWorkflow, hash: "cd".repeat(32) } }, /another workflow/],
  ["another disclosure", {}, { disclosure: { fields: ["balance"] } }, /another disclosure/],
  ["another value", { fields: { accountHolder: "Somebody Else" } }, {}, /another value for accountHolder/],
  ["a field that was not read", { fields: { income: 1 } }, {}, /income, which was not extracted/],
  ["a field that every object has", { fields: { toString: 1 } }, {}, /toString, which was not extracted/],
] satisfies [string, EvidenceChange, Partial<AttestationInput>, RegExp][])(
  "evidence of %s is refused, and the message holds no value",
  async (_name, evidence, change, message) => {
    const refusal = issueWith(evidence, change);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.not.toThrow(/Jane|Somebody|1250/);
    await expect(refusal).rejects.toMatchObject({ name: "EvidenceMismatchError" });
  },
);

test("two pieces of evidence for one field must have one salt", async () => {
  const { key } = await createAttestor();
  const one = await witnessSample(key);
  const other = await witnessSample(key, { fields: { balance: sampleInput.claims["balance"] ?? null } });
  await expect(issueSample({ workflow: sampleWorkflow, evidence: [one, other] })).rejects.toThrow("balance");
});

test("a salt that is missing or short is refused", async () => {
  const { key } = await createAttestor();
  const { envelope, salts } = await witnessSample(key);
  for (const balance of [undefined, "", "c2FsdA"]) {
    const { balance: _own, ...others } = salts;
    const given = balance === undefined ? others : { ...others, balance };
    const evidence = [{ envelope, salts: given as Record<string, string> }];
    await expect(issueSample({ workflow: sampleWorkflow, evidence })).rejects.toThrow("usable salt for balance");
  }
});

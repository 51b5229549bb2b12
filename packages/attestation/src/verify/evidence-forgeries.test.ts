import { describe, expect, test } from "vitest";
import { hashDisclosure, signStatement } from "../evidence/index.ts";
import { alterField, refusalOf, resign } from "../test-support/forge-proof.ts";
import { createAttestor, stateSample, witnessSample, type EvidenceChange } from "../test-support/sample-evidence.ts";
import { proveSample } from "../test-support/sample-proof.ts";
import { decodePart, issueSample, joinAttestation, sampleNow, splitAttestation } from "../test-support/sample.ts";

/** The attestor's genuine word about something else. */
async function replaceEvidence(change: EvidenceChange): Promise<string> {
  const proof = await proveSample();
  const other = await witnessSample(proof.attestor, change);
  return refusalOf(...(await resign(proof, (payload) => payload, other.envelope)));
}

test("control: the honest proof is accepted, and the same signed again is too", async () => {
  const proof = await proveSample();
  expect(await refusalOf(proof.attestation, proof.options)).toBe("accepted");
  expect(await refusalOf(...(await resign(proof, (payload) => payload)))).toBe("accepted");
  expect(await replaceEvidence({ predicate: { http_status: 203 } })).toBe("accepted");
});

describe("evidence", () => {
  test("with a byte changed", async () => {
    const proof = await proveSample();
    const { envelope } = proof.witnessed;
    const bytes = Buffer.from(envelope.payload, "base64");
    bytes.set(Buffer.from("203"), bytes.indexOf('"http_status":200') + '"http_status":'.length);
    const forged = { ...envelope, payload: bytes.toString("base64") };
    expect(await refusalOf(proof.attestation, { ...proof.options, evidence: [forged] })).toBe("evidence_not_named");
    // An issuer can name the forged envelope, but not sign it.
    expect(await refusalOf(...(await resign(proof, (payload) => payload, forged)))).toBe("evidence_signature_invalid");
  });

  test("by an attestor who is not trusted, or under a trusted one's name", async () => {
    const proof = await proveSample();
    const stranger = await createAttestor();
    expect(await refusalOf(proof.attestation, { ...proof.options, attestors: stranger.attestors })).toBe(
      "attestor_unknown",
    );
    const { statement } = await stateSample();
    const forged = await signStatement(statement, { ...stranger.key, kid: proof.attestor.kid });
    expect(await refusalOf(...(await resign(proof, (payload) => payload, forged)))).toBe("evidence_signature_invalid");
  });

  test("by the issuer itself, also under another name", async () => {
    const proof = await proveSample();
    const { statement } = await stateSample();
    for (const kid of [proof.signingKey.kid, "independent"]) {
      const forged = await signStatement(statement, { ...proof.signingKey, kid });
      const [compact, options] = await resign(
        proof,
        (payload) => {
          const [claim] = payload["evidence"] as Record<string, unknown>[];
          return { ...payload, evidence: [{ ...claim, kid }] };
        },
        forged,
      );
      const attestors = { keys: [{ ...proof.signingKey.publicJwk, kid }] };
      expect(await refusalOf(compact, { ...options, attestors })).toBe("attestor_is_issuer");
      // The same key in another spelling is no other key, and no key at all.
      const { x } = proof.signingKey.publicJwk;
      const respelled = x.slice(0, -1) + String.fromCharCode(x.charCodeAt(42) + 1);
      expect(Buffer.from(respelled, "base64url")).toEqual(Buffer.from(x, "base64url"));
      const others = { keys: [{ ...proof.signingKey.publicJwk, kid, x: respelled }] };
      expect(await refusalOf(compact, { ...options, attestors: others })).toBe("attestor_unknown");
    }
  });

  test("of another session, or for another partner's nonce, or for none", async () => {
    expect(await replaceEvidence({ sessionId: "5a2c1a52-7a30-4d2d-8f0b-70f1d3a9b0aa" })).toBe(
      "evidence_session_mismatch",
    );
    expect(await replaceEvidence({ nonce: "nonce-2" })).toBe("evidence_session_mismatch");
    expect(await replaceEvidence({ nonce: null })).toBe("evidence_session_mismatch");
  });

  test("of another server, workflow, part or mode", async () => {
    expect(await replaceEvidence({ predicate: { server_name: "api.demo-bank.example.evil.example" } })).toBe(
      "evidence_server_mismatch",
    );
    expect(await replaceEvidence({ predicate: { workflow_hash: "cd".repeat(32) } })).toBe("evidence_workflow_mismatch");
    expect(await replaceEvidence({ predicate: { part: "transactions" } })).toBe("evidence_claim_mismatch");
    const replay = { mode: "replay", request: { method: "GET", target: "/" } } as const;
    expect(await replaceEvidence({ predicate: replay })).toBe("evidence_claim_mismatch");
  });

  test("of another time", async () => {
    const seconds = Math.floor(sampleNow.getTime() / 1000);
    const at = (connected_at: number, observed_at: number) =>
      proveSample({}, { predicate: { connected_at, observed_at } });
    for (const [connected, observed] of [
      [seconds - 7200, seconds - 7190],
      [seconds + 100, seconds + 110],
      [seconds - 10, seconds - 20],
    ] as const) {
      const proof = await at(connected, observed);
      expect(await refusalOf(proof.attestation, proof.options)).toBe("evidence_time_mismatch");
    }
    expect(await replaceEvidence({ predicate: { observed_at: seconds - 11 } })).toBe("evidence_claim_mismatch");
  });

  test("that is missing, or named by nobody, or swapped", async () => {
    const proof = await proveSample();
    const other = await witnessSample(proof.attestor);
    const { envelope } = proof.witnessed;
    const refusal = (evidence: unknown) => refusalOf(proof.attestation, { ...proof.options, evidence });
    expect(await refusal([])).toBe("evidence_missing");
    expect(await refusal([other.envelope])).toBe("evidence_not_named");
    expect(await refusal([envelope, other.envelope])).toBe("evidence_not_named");
    expect(await refusal({})).toBe("evidence_malformed");
    expect(await refusal([{ ...envelope, payloadType: "text/plain" }])).toBe("evidence_malformed");
    expect(await refusal([envelope, envelope])).toBe("accepted");
    const plain = await issueSample();
    expect(await refusalOf(plain.attestation, { jwks: plain.jwks, now: sampleNow, evidence: [envelope] })).toBe(
      "evidence_not_named",
    );
  });

  test("is checked against the claims even when nobody's keys are given", async () => {
    const proof = await proveSample();
    const other = await witnessSample(proof.attestor, { nonce: "nonce-2" });
    const [compact, { attestors: _attestors, ...options }] = await resign(proof, (payload) => payload, other.envelope);
    expect(await refusalOf(compact, options)).toBe("evidence_session_mismatch");
  });
});

describe("fields", () => {
  test("altered after they were witnessed", async () => {
    const proof = await proveSample();
    expect(await refusalOf(...(await alterField(proof, {})))).toBe("accepted");
    expect(await refusalOf(...(await alterField(proof, { accountHolder: "Somebody Else" })))).toBe(
      "evidence_field_mismatch",
    );
  });

  test("that the evidence knows under another name", async () => {
    const proof = await proveSample();
    const { statement } = await stateSample();
    const { accountHolder = "", balance = "" } = statement.predicate.fields;
    const swapped = { accountHolder: balance, balance: accountHolder };
    const envelope = await signStatement(
      { ...statement, predicate: { ...statement.predicate, fields: swapped } },
      proof.attestor,
    );
    expect(await refusalOf(...(await resign(proof, (payload) => payload, envelope)))).toBe("evidence_field_mismatch");
    // Also when one of the two is withheld, so that the swap shows in one place only.
    const [compact, options] = await resign(proof, (payload) => payload, envelope);
    const { jwt, disclosures } = splitAttestation(compact);
    const one = disclosures.filter((disclosure) => (decodePart(disclosure) as unknown[])[1] === "balance");
    expect(await refusalOf(joinAttestation(jwt, one), options)).toBe("evidence_field_mismatch");
  });

  test("that the issuer says are witnessed and are not, or the other way round", async () => {
    const proof = await proveSample();
    for (const fields of [["accountHolder", "balance", "transactions"], ["accountHolder"], []]) {
      const forged = await resign(proof, (payload) => {
        const [claim] = payload["evidence"] as Record<string, unknown>[];
        return { ...payload, evidence: [{ ...claim, fields }] };
      });
      expect(await refusalOf(...forged)).toBe("evidence_claim_mismatch");
    }
  });

  test("that answer another question than the attestor was asked", async () => {
    const asked = { predicates: [{ name: "rich", field: "balance.amount", is: ">=" as const, value: 0 }] };
    const told = { predicates: [{ name: "rich", field: "balance.amount", is: ">=" as const, value: 1000 }] };
    const disclosure_hash = (await hashDisclosure(asked)) ?? "";
    const proof = await proveSample(
      { disclosure: asked, claims: { rich: true } },
      { fields: { rich: true }, predicate: { disclosure_hash } },
    );
    expect(await refusalOf(proof.attestation, proof.options)).toBe("accepted");
    const forged = await resign(proof, (payload) => ({ ...payload, disclosure: told }));
    expect(await refusalOf(...forged)).toBe("evidence_disclosure_mismatch");
    const full = await resign(proof, ({ disclosure: _disclosure, ...payload }) => payload);
    expect(await refusalOf(...full)).toBe("evidence_disclosure_mismatch");
  });
});

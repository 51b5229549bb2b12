import { describe, expect, test } from "vitest";
import { refusalOf, resign } from "../test-support/forge-proof.ts";
import { proveSample } from "../test-support/sample-proof.ts";
import { joinAttestation, splitAttestation } from "../test-support/sample.ts";
import type { VerifyOptions } from "./verify-attestation.ts";

describe("modes", () => {
  test("that claim more than there is evidence for", async () => {
    const proof = await proveSample();
    for (const change of [
      { mode: "replay" },
      { mode: "signed" },
      { mode: "notarised" },
      { fallback: [{ part: "transactions", code: "not_witnessed" }] },
      { evidence: [] },
    ])
      expect(await refusalOf(...(await resign(proof, (payload) => ({ ...payload, ...change }))))).toBe(
        "claims_invalid",
      );
  });

  test("weaker than was asked for", async () => {
    const proof = await proveSample();
    const { evidence: _evidence, ...withoutEvidence } = proof.options;
    const { attestors: _attestors, ...withoutAttestors } = proof.options;
    const refusal = (options: VerifyOptions) => refusalOf(proof.attestation, options);
    expect(await refusal({ ...proof.options, require: "passive" })).toBe("accepted");
    expect(await refusal({ ...proof.options, require: "replay" })).toBe("mode_too_weak");
    expect(await refusal({ ...withoutEvidence, require: "passive" })).toBe("evidence_missing");
    expect(await refusal({ ...withoutAttestors, require: "passive" })).toBe("attestor_unknown");
    const { jwt, disclosures } = splitAttestation(proof.attestation);
    const unwitnessed = disclosures.filter((one) => Buffer.from(one, "base64url").includes("transactions"));
    const shown = joinAttestation(jwt, unwitnessed);
    expect(await refusalOf(shown, { ...proof.options, require: "passive" })).toBe("field_not_witnessed");
    expect(await refusalOf(shown, proof.options)).toBe("accepted");
    const fellBack = await proveSample({ fellBack: [{ part: "transactions", code: "not_witnessed" }] });
    expect(await refusalOf(fellBack.attestation, { ...fellBack.options, require: "passive" })).toBe("mode_too_weak");
    expect(await refusalOf(fellBack.attestation, fellBack.options)).toBe("accepted");
  });

  test("that leave a field that must be witnessed to the issuer's word", async () => {
    const proof = await proveSample();
    const refusal = (witnessed: string[], options = proof.options) =>
      refusalOf(proof.attestation, { ...options, witnessed });
    expect(await refusal(["accountHolder", "balance"])).toBe("accepted");
    expect(await refusal(["accountHolder", "transactions"])).toBe("field_not_witnessed");
    expect(await refusal(["toString"])).toBe("field_not_witnessed");
    const { evidence: _evidence, ...unseen } = proof.options;
    expect(await refusal(["balance"], unseen)).toBe("field_not_witnessed");
    const { jwt } = splitAttestation(proof.attestation);
    expect(await refusalOf(joinAttestation(jwt, []), { ...proof.options, witnessed: ["balance"] })).toBe(
      "field_not_witnessed",
    );
  });

  test("about a server that nobody expects", async () => {
    const proof = await proveSample();
    const refusal = (servers: string[]) => refusalOf(proof.attestation, { ...proof.options, servers });
    expect(await refusal(["api.demo-bank.example"])).toBe("accepted");
    expect(await refusal(["demo-bank.example"])).toBe("server_unexpected");
    expect(await refusal([])).toBe("server_unexpected");
  });
});

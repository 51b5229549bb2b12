import { createHash } from "node:crypto";
import { digest, ES256 } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { compactVerify, createLocalJWKSet } from "jose";
import { describe, expect, test } from "vitest";
import {
  issueSample,
  joinAttestation,
  decodePart,
  readPayload,
  sampleInput,
  sampleNow,
  splitAttestation,
} from "../test-support/sample.ts";
import { verifyAttestation } from "../verify/index.ts";

describe("an issued attestation", () => {
  test("verifies, with every field disclosed", async () => {
    const { attestation, jwks } = await issueSample();
    const result = await verifyAttestation(attestation, {
      jwks,
      now: sampleNow,
      issuer: "https://verify.example.com",
      audience: "partner-1",
      nonce: "nonce-1",
      sessionId: sampleInput.sessionId,
      platform: { id: 7, name: "demo-bank" },
      externalReferenceId: "order 17",
      receiverData: { phones: ["1", "2"], name: "Jane Roe" },
      maxAgeMs: 1000,
    });
    expect(result).toMatchObject({
      ok: true,
      disclosed: sampleInput.claims,
      withheld: 0,
      claims: { mode: "signed", evidence: [], result: "complete" },
    });
  });

  test("says in words what it does not prove", async () => {
    const { attestation, jwks } = await issueSample();
    const result = await verifyAttestation(attestation, { jwks, now: sampleNow });
    const statements = result.ok ? result.notProven.map((entry) => entry.statement) : [];
    expect(statements).toContain("That demo-bank sent this data.");
    expect(statements).toContain("That it was issued for you.");
  });

  test("holds neither receiver data nor external reference, and no field outside a disclosure", async () => {
    const { attestation } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const payload = readPayload(jwt);
    expect(JSON.stringify(payload)).not.toContain("Jane Roe");
    expect(payload["claims"]).toEqual({ _sd: [expect.any(String), expect.any(String), expect.any(String)] });
    expect(payload).not.toHaveProperty("status");
    expect(payload).not.toHaveProperty("log");
    expect(disclosures.map((disclosure) => (decodePart(disclosure) as unknown[])[1])).not.toContain("receiverData");
    expect(disclosures.map((disclosure) => Buffer.from(disclosure, "base64url").toString())).not.toContainEqual(
      expect.stringContaining("order 17"),
    );
  });

  test("has salts of 128 bits that never repeat", async () => {
    const { attestation } = await issueSample();
    const salts = splitAttestation(attestation).disclosures.map(
      (disclosure) => (decodePart(disclosure) as string[])[0] ?? "",
    );
    expect(new Set(salts).size).toBe(5);
    for (const salt of salts) expect(Buffer.from(salt, "base64url").length).toBe(16);
  });

  test("stays valid when fields are withheld, and says how many", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const kept = disclosures.filter((disclosure) => (decodePart(disclosure) as unknown[])[1] === "accountHolder");
    const result = await verifyAttestation(joinAttestation(jwt, kept), { jwks, now: sampleNow });
    expect(result).toMatchObject({ ok: true, disclosed: { accountHolder: "Jane Roe" }, withheld: 4 });
  });

  test("may be partial and without a single field", async () => {
    const { attestation, jwks } = await issueSample({ result: "partial", claims: {} });
    expect(await verifyAttestation(attestation, { jwks, now: sampleNow })).toMatchObject({
      ok: true,
      disclosed: {},
      claims: { result: "partial" },
    });
  });

  test("has the hash that webhook and API carry", async () => {
    const { attestation, proofHash } = await issueSample();
    expect(proofHash).toBe(createHash("sha256").update(attestation).digest("hex"));
  });

  test.each(["_sd", "...", "_sd_alg", "__proto__"])("is refused for a field named %s, at any depth", async (name) => {
    await expect(issueSample({ claims: JSON.parse(`{"a":[{"${name}":1}]}`) })).rejects.toThrow(JSON.stringify(name));
    await expect(issueSample({ claims: JSON.parse(`{"${name}":1}`) })).rejects.toThrow(JSON.stringify(name));
  });
});

describe("checked without our code", () => {
  test("by jose alone: signature, and each digest over its disclosure", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const { payload, protectedHeader } = await compactVerify(jwt, createLocalJWKSet(jwks));
    expect(protectedHeader).toMatchObject({ alg: "ES256", typ: "dc+sd-jwt" });
    const claims = JSON.parse(new TextDecoder().decode(payload));
    const digests = disclosures.map((disclosure) => createHash("sha256").update(disclosure).digest("base64url"));
    expect(new Set([...claims["_sd"], ...claims.claims["_sd"]])).toEqual(new Set(digests));
  });

  test("by a stock SD-JWT VC library", async () => {
    const { attestation, signingKey } = await issueSample();
    const stock = new SDJwtVcInstance({ hasher: digest, verifier: await ES256.getVerifier(signingKey.publicJwk) });
    const { payload } = await stock.verify(attestation, { currentDate: sampleNow.getTime() / 1000 });
    expect(payload).toMatchObject({
      vct: "urn:attestream:attestation:1",
      aud: "partner-1",
      claims: sampleInput.claims,
    });
  });
});

import { describe, expect, it } from "vitest";
import { createSigningKey } from "../issue/signing-key.ts";
import { signErasureReceipt } from "../issue/sign-erasure-receipt.ts";
import { issueSample } from "../test-support/sample.ts";
import { verifyErasureReceipt } from "./verify-erasure-receipt.ts";

const statement = {
  issuer: "https://verify.example.com",
  id: "receipt-1",
  audience: "partner-1",
  sessionId: "0d3f1ab2-6c1e-4b8e-9a53-7f1f3f0a9e11",
  erasedAt: new Date("2026-11-20T10:00:00Z"),
  erased: ["extractedData", "attestation"],
  proofHash: "ab".repeat(32),
};

async function signed() {
  const key = await createSigningKey();
  return { receipt: await signErasureReceipt(statement, key), jwks: { keys: [key.publicJwk] } };
}

describe("a receipt of an erasure", () => {
  it("says who erased what, when, for whom", async () => {
    const { receipt, jwks } = await signed();
    const { issuer, audience, sessionId, proofHash } = statement;
    expect(await verifyErasureReceipt(receipt, { jwks, issuer, audience, sessionId, proofHash })).toMatchObject({
      ok: true,
      issuer,
      audience,
      sessionId,
      proofHash,
      erasedAt: statement.erasedAt,
      erased: statement.erased,
    });
  });

  it.each([
    [{ issuer: "https://other.example.com" }, "issuer_mismatch"],
    [{ audience: "partner-2" }, "audience_mismatch"],
    [{ sessionId: "another" }, "session_mismatch"],
    [{ proofHash: "cd".repeat(32) }, "proof_hash_mismatch"],
  ])("is refused where %o is expected", async (expected, reason) => {
    const { receipt, jwks } = await signed();
    expect(await verifyErasureReceipt(receipt, { jwks, ...expected })).toMatchObject({ ok: false, reason });
  });

  it("is refused when one character was changed, anywhere", async () => {
    const { receipt, jwks } = await signed();
    for (let index = 0; index < receipt.length; index += 7) {
      // The last character of a part holds bits that mean nothing.
      if (receipt[index] === "." || receipt[index + 1] === "." || index === receipt.length - 1) continue;
      const changed = `${receipt.slice(0, index)}${receipt[index] === "A" ? "B" : "A"}${receipt.slice(index + 1)}`;
      expect(await verifyErasureReceipt(changed, { jwks })).toMatchObject({ ok: false });
    }
  });

  it("cannot be made of an attestation, nor with another's key, nor of anything else", async () => {
    const { attestation, jwks } = await issueSample();
    const [jwt] = attestation.split("~");
    expect(await verifyErasureReceipt(jwt, { jwks })).toMatchObject({ ok: false, reason: "unsupported_type" });
    const { receipt } = await signed();
    expect(await verifyErasureReceipt(receipt, { jwks })).toMatchObject({ ok: false, reason: "unknown_key" });
    for (const input of ["", "a.b.c", "a.b", null, 7, {}])
      expect(await verifyErasureReceipt(input, { jwks })).toMatchObject({ ok: false, reason: "malformed" });
  });
});

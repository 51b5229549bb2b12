import { describe, expect, it } from "vitest";
import { newLinkNonce } from "../link-proof.ts";
import { proveToken } from "../worker-protocol/handshake.ts";
import { isAttestorTokenProof, proveAttestorToken } from "./handshake.ts";

const token = "a-token-of-some-length";
const nonces = { attestor: newLinkNonce(), worker: newLinkNonce() };

describe("a proof of the attestor's token", () => {
  it.each(["attestor", "worker"] as const)("of the %s is taken by who knows the token", async (end) => {
    expect(await isAttestorTokenProof(token, end, nonces, await proveAttestorToken(token, end, nonces))).toBe(true);
  });

  it("is worth nothing under another token, on another link, thrown back, or where it was made for the API", async () => {
    const proof = await proveAttestorToken(token, "worker", nonces);
    expect(await isAttestorTokenProof("another-token", "worker", nonces, proof)).toBe(false);
    expect(await isAttestorTokenProof(token, "worker", { ...nonces, attestor: newLinkNonce() }, proof)).toBe(false);
    expect(await isAttestorTokenProof(token, "attestor", nonces, proof)).toBe(false);
    const forApi = await proveToken(token, "worker", { api: nonces.attestor, worker: nonces.worker });
    expect(await isAttestorTokenProof(token, "worker", nonces, forApi)).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { isTokenProof, newLinkNonce, proveToken } from "./handshake.ts";

const token = "a-worker-token-of-some-length";
const nonces = { api: newLinkNonce(), worker: newLinkNonce() };

describe("a proof of the worker token", () => {
  it.each(["api", "worker"] as const)("of the %s is taken by who knows the token", async (end) => {
    expect(await isTokenProof(token, end, nonces, await proveToken(token, end, nonces))).toBe(true);
  });

  it("is worth nothing under another token, on another link, or thrown back", async () => {
    const proof = await proveToken(token, "worker", nonces);
    expect(await isTokenProof("another-worker-token", "worker", nonces, proof)).toBe(false);
    expect(await isTokenProof(token, "worker", { ...nonces, api: newLinkNonce() }, proof)).toBe(false);
    expect(await isTokenProof(token, "worker", { ...nonces, worker: newLinkNonce() }, proof)).toBe(false);
    expect(await isTokenProof(token, "worker", { api: nonces.worker, worker: nonces.api }, proof)).toBe(false);
    expect(await isTokenProof(token, "api", nonces, proof)).toBe(false);
  });

  it("does not count where one end only repeats the other's nonce", async () => {
    const same = { api: nonces.api, worker: nonces.api };
    expect(await isTokenProof(token, "worker", same, await proveToken(token, "worker", same))).toBe(false);
  });
});

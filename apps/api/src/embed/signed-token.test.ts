import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkSignedToken, mintSignedToken } from "./signed-token.ts";

const key = randomBytes(32);
const sessionId = "0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f01";
const now = new Date("2026-01-01T00:00:00Z");
const expiresAt = new Date(now.getTime() + 1000);
const mint = (subject = "viewer-1") => mintSignedToken(key, { sessionId, subject, expiresAt }, randomBytes);

describe("a signed token", () => {
  it("gives back its subject and an id of its own", () => {
    const [first, second] = [
      checkSignedToken(key, sessionId, mint(), now),
      checkSignedToken(key, sessionId, mint(), now),
    ];
    expect(first?.subject).toBe("viewer-1");
    expect(first?.id).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.id).not.toBe(second?.id);
  });

  it("fits a URL and a WebSocket subprotocol", () => {
    expect(mint()).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it("may have an empty subject, and one so long that 512 characters are the token", () => {
    expect(checkSignedToken(key, sessionId, mint(""), now)?.subject).toBe("");
    const longest = "x".repeat(330);
    expect(mint(longest)).toHaveLength(512);
    expect(checkSignedToken(key, sessionId, mint(longest), now)?.subject).toBe(longest);
    expect(checkSignedToken(key, sessionId, mint(`${longest}x`), now)).toBeNull();
  });

  it("ends at its expiry", () => {
    const token = mint();
    expect(checkSignedToken(key, sessionId, token, new Date(expiresAt.getTime() - 1))).not.toBeNull();
    expect(checkSignedToken(key, sessionId, token, expiresAt)).toBeNull();
  });

  it("is nothing under another key or for another session", () => {
    const token = mint();
    expect(checkSignedToken(randomBytes(32), sessionId, token, now)).toBeNull();
    expect(checkSignedToken(key, sessionId.replace("0b", "0c"), token, now)).toBeNull();
  });

  it("is nothing with any of its characters changed, cut off or added", () => {
    const token = mint();
    for (let at = 0; at < token.length; at += 1) {
      for (const replacement of ["A", "B", "_"]) {
        if (token[at] === replacement) continue;
        expect(
          checkSignedToken(key, sessionId, token.slice(0, at) + replacement + token.slice(at + 1), now),
        ).toBeNull();
      }
      expect(checkSignedToken(key, sessionId, token.slice(0, at), now)).toBeNull();
    }
    for (const text of [`${token}A`, `${token}=`, ` ${token}`, "", "ä", "A".repeat(10_000)]) {
      expect(checkSignedToken(key, sessionId, text, now)).toBeNull();
    }
  });
});

import { describe, expect, it } from "vitest";
import { checkViewerPass, mintViewerPass } from "./viewer-pass.ts";

const now = new Date("2026-01-01T00:00:00Z");
const claims = {
  sessionId: "0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f01",
  epoch: 3,
  viewerId: "v1",
  turn: 1,
  expiresAt: now.getTime() + 1000,
};

describe("a viewer pass", () => {
  it("gives its claims back to who holds the worker token", async () => {
    expect(await checkViewerPass("token", await mintViewerPass("token", claims), now)).toEqual(claims);
  });

  it("is refused under another token, after its time, altered or malformed", async () => {
    const pass = await mintViewerPass("token", claims);
    const later = new Date(claims.expiresAt);
    const altered = `${btoa(JSON.stringify({ ...claims, epoch: 4 })).replace(/=+$/, "")}.${pass.split(".")[1]}`;
    expect(await checkViewerPass("other", pass, now)).toBeNull();
    expect(await checkViewerPass("token", pass, later)).toBeNull();
    expect(await checkViewerPass("token", altered, now)).toBeNull();
    for (const text of ["", ".", "a.b.c", `${pass}.x`, "!.!"])
      expect(await checkViewerPass("token", text, now)).toBeNull();
  });
});

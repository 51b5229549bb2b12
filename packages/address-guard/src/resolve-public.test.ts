import { describe, expect, it } from "vitest";
import { createAddressGuard } from "./address-guard.ts";
import { acceptedUrls, refusedUrls } from "./corpus.ts";
import { readHost } from "./read-host.ts";
import { resolvePublic } from "./resolve-public.ts";

const guard = createAddressGuard({ ownAddresses: () => new Set() });
const ask = (host: string, answers: readonly string[], isDevHost = false) =>
  resolvePublic(host, { guard, isDevHost, resolve: async () => [...answers] });

describe("a host", () => {
  it("has a corpus of the size that was set", () => {
    expect(refusedUrls.length).toBeGreaterThanOrEqual(17);
  });

  it.each(refusedUrls)("$what: $url is refused", async ({ url, answers }) => {
    const host = URL.parse(url)?.hostname;
    if (host === undefined) return;
    if (answers === undefined) expect(readHost(host)).toMatchObject({ kind: "address" });
    else expect((await ask(host, answers)).ok).toBe(false);
  });

  it.each(acceptedUrls)("$what: $url is accepted, with its checked addresses", async ({ url, answers = [] }) => {
    expect(await ask(new URL(url).hostname, answers)).toEqual({ ok: true, addresses: answers });
  });

  it("that is a number is checked like an answer, and nobody is asked", async () => {
    const resolve = () => Promise.reject(new Error("was asked"));
    for (const host of ["127.0.0.1", "[::1]", "2130706433", "0x7f.1"])
      expect(await resolvePublic(host, { guard, resolve })).toEqual({ ok: false, reason: "address_refused" });
    expect(await resolvePublic("8.8.8.8", { guard, resolve })).toEqual({ ok: true, addresses: ["8.8.8.8"] });
    expect(await resolvePublic("a.example.com", { guard, resolve })).toEqual({ ok: false, reason: "dns_failed" });
  });

  it("that is none is not looked up", async () => {
    for (const host of [
      "",
      ".",
      "a b",
      "a/b",
      "a@b",
      "a..b",
      "bücher.example.com",
      "[a.example.com]",
      `${"a".repeat(64)}.com`,
    ])
      expect(await ask(host, ["8.8.8.8"])).toEqual({ ok: false, reason: "dns_failed" });
  });

  it("for development may be private, but not link-local, nor mixed with what is refused", async () => {
    expect((await ask("a.example.com", ["127.0.0.1"], true)).ok).toBe(true);
    expect((await ask("a.example.com", ["127.0.0.1"])).ok).toBe(false);
    expect((await ask("a.example.com", ["127.0.0.1", "169.254.169.254"], true)).ok).toBe(false);
  });
});

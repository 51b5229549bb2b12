import { describe, expect, it } from "vitest";
import { allowPresetNames, allowPresets, expandAllow, ownHosts } from "./allow-presets.ts";
import { isAllowedHost } from "./url-pattern.ts";

describe("presets of an allow list", () => {
  it.each(Object.entries(allowPresets))("%s names hosts one by one, sorted, each once", (_name, hosts) => {
    for (const host of hosts) expect(host).toMatch(/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/);
    expect([...new Set(hosts)].sort()).toEqual(hosts);
  });

  it("stand for their hosts, beside the platform's own", () => {
    const allow = ["bank.test", "*.bank.test", "preset:turnstile", "preset:recaptcha", "www.gstatic.com"];
    expect(expandAllow(allow)).toEqual([
      "bank.test",
      "*.bank.test",
      "challenges.cloudflare.com",
      ...allowPresets.recaptcha,
    ]);
    expect(ownHosts(allow)).toEqual(["bank.test", "*.bank.test", "www.gstatic.com"]);
    expect(isAllowedHost(allow, "challenges.cloudflare.com")).toBe(true);
    expect(isAllowedHost(allow, "evil.challenges.cloudflare.com")).toBe(false);
    expect(isAllowedHost(allow, "cloudflare.com")).toBe(false);
    expect(isAllowedHost(ownHosts(allow), "challenges.cloudflare.com")).toBe(false);
  });

  it("are named as a file names them", () => {
    expect(allowPresetNames).toContain("preset:google-sso");
    expect(expandAllow(["preset:none", "preset:constructor"])).toEqual(["preset:none", "preset:constructor"]);
  });
});

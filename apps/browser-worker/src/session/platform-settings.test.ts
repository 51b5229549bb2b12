import { describe, expect, it } from "vitest";
import { createEgressPolicy } from "../egress/egress-policy.ts";
import { readPlatformSettings } from "./platform-settings.ts";

const platform = (more: object = {}) => ({
  format: "platform/1",
  name: "bank",
  displayName: "Bank",
  loginUrl: "https://bank.example.com/login",
  version: "1.0.0",
  allow: ["bank.example.com", "*.cdn.example.com"],
  screens: [{ id: "home", when: { url: "/**" }, then: "collect" }],
  collect: [{ id: "account", open: "/account", read: { accountHolder: { css: "h1" } } }],
  ...more,
});
const read = (definition: unknown, more: { loginUrl?: string; locale?: string } = {}) =>
  readPlatformSettings({
    platform: definition,
    loginUrl: more.loginUrl ?? "https://bank.example.com/login",
    locale: more.locale,
    browserVersion: "156.0.1",
  });

describe("what a session's browser may reach", () => {
  const custom = "https://Tenant.Example.net/login";
  const decide = (definition: unknown, loginUrl: string, host: string, port = 443) =>
    createEgressPolicy({
      allow: read(definition, { loginUrl })?.allow ?? [],
      devHosts: new Map([["tenant.demo.test", { address: "127.0.0.1", port: 4101 }]]),
    }).decide(host, port).kind;

  it("is with a custom address its host as well, for this session", () => {
    const definition = platform({ allowCustomUrl: true });
    expect(decide(definition, custom, "tenant.example.net")).toBe("resolve");
    expect(decide(definition, custom, "bank.example.com")).toBe("resolve");
    expect(decide(definition, "https://bank.example.com/login", "tenant.example.net")).toBe("refused");
    expect(decide(definition, "https://tenant.demo.test:4101/", "tenant.demo.test", 4101)).toBe("dial");
  });

  it("is with a preset its hosts and none beside them", () => {
    const definition = platform({ allow: ["bank.example.com", "preset:apple-sso"] });
    const { loginUrl } = definition;
    expect(decide(definition, loginUrl, "appleid.apple.com")).toBe("resolve");
    expect(decide(definition, loginUrl, "bank.example.com")).toBe("resolve");
    for (const host of ["apple.com", "x.appleid.apple.com", "accounts.google.com", "preset:apple-sso"])
      expect(decide(definition, loginUrl, host)).toBe("refused");
  });

  it("is of that host nothing more: no neighbour, no other port", () => {
    const definition = platform({ allowCustomUrl: true });
    for (const [host, port] of [
      ["example.net", 443],
      ["a.tenant.example.net", 443],
      ["tenant.example.net", 8443],
      ["127.0.0.1", 443],
    ] as const)
      expect(decide(definition, custom, host, port)).toBe("refused");
  });

  it("is not led elsewhere where the platform takes no custom address", () => {
    expect(decide(platform(), custom, "tenant.example.net")).toBe("refused");
    expect(decide(platform({ allowCustomUrl: false }), custom, "tenant.example.net")).toBe("refused");
  });
});

describe("the browser's settings", () => {
  it("are the platform's, else the session's, else plain", () => {
    expect(read(platform())?.context).toMatchObject({ userAgent: expect.stringContaining("Chrome/156.0.0.0") });
    expect(read(platform())?.context).not.toHaveProperty("locale");
    expect(read(platform(), { locale: "de-at" })?.context).toMatchObject({ locale: "de-AT" });
    expect(read(platform(), { locale: "not a tag" })?.context).not.toHaveProperty("locale");
    const own = { locale: "en-GB", timezone: "Europe/London", userAgent: "Own/1" };
    expect(read(platform({ browser: own }), { locale: "de" })?.context).toMatchObject({
      locale: "en-GB",
      timezoneId: "Europe/London",
      userAgent: "Own/1",
    });
  });

  it("are none of what is no platform file", () => {
    expect(read({ name: "bank" })).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { createEgressPolicy, denyAll } from "./egress-policy.ts";

const policy = createEgressPolicy({
  allow: ["bank.example.com", "*.cdn.example.com", "bank.demo.test", "127.0.0.1", "2130706433", "[::1]"],
  devHosts: new Map([
    ["bank.demo.test", { address: "127.0.0.1", port: 4100 }],
    ["other.demo.test", { address: "127.0.0.1", port: 4100 }],
  ]),
});

describe("the egress policy", () => {
  it("resolves names on the list, in any case and with a final dot", () => {
    for (const host of ["bank.example.com", "BANK.example.COM", "bank.example.com."])
      expect(policy.decide(host, 443)).toEqual({ kind: "resolve", host: "bank.example.com", port: 443 });
    expect(policy.decide("a.b.cdn.example.com", 80)).toEqual({
      kind: "resolve",
      host: "a.b.cdn.example.com",
      port: 80,
    });
  });

  it.each([
    "example.com",
    "cdn.example.com",
    "evil-bank.example.com",
    "bank.example.com.evil.test",
    "evilcdn.example.com",
    "xcdn.example.com",
    "other.demo.test",
    "localhost",
  ])("refuses %s, which is not on it", (host) => {
    expect(policy.decide(host, 443)).toEqual({ kind: "refused", reason: "not allowed" });
  });

  it.each([22, 25, 0, 8080, 8443, 65_536, Number.NaN])("refuses port %d", (port) => {
    expect(policy.decide("bank.example.com", port)).toEqual({ kind: "refused", reason: "port" });
  });

  it.each([
    "127.0.0.1",
    "[::1]",
    "::1",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "017700000001",
    "8.8.8.8",
  ])("refuses the number %s, even if it is on the list", (host) => {
    expect(policy.decide(host, 443)).toEqual({ kind: "refused", reason: "ip literal" });
  });

  it.each([
    "",
    "..",
    "bank.example.com\r\nX: y",
    "bank.example.com/..",
    "user@bank.example.com",
    "bank%2eexample.com",
    "bänk.example.com",
    " ",
    "[bank.example.com]",
  ])("refuses %j, which is no name", (host) => {
    expect(policy.decide(host, 443)).toMatchObject({ kind: "refused" });
  });

  it("dials a development host that the platform names too, on the web's ports and its own", () => {
    const dialled = { kind: "dial", host: "bank.demo.test", address: "127.0.0.1", port: 4100 };
    for (const port of [80, 443, 4100]) expect(policy.decide("bank.demo.test", port)).toEqual(dialled);
    expect(policy.decide("bank.demo.test", 5432)).toEqual({ kind: "refused", reason: "port" });
  });

  it("is closed before a session sets one", () => {
    expect(denyAll.decide("bank.example.com", 443)).toEqual({ kind: "refused", reason: "no policy" });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAddressGuard } from "./address-guard.ts";
import { publicAddresses, refusedAddresses } from "./corpus.ts";
import { refusedCidrsSchema } from "./refused-cidrs.ts";

const guard = createAddressGuard({ ownAddresses: () => new Set(["203.0.114.7", "2a00:1450::7"]) });

describe("the address guard", () => {
  it("has a corpus of the size that was set", () => {
    expect(refusedAddresses.length).toBeGreaterThanOrEqual(46);
    expect(new Set(refusedAddresses.map(({ address }) => address)).size).toBe(refusedAddresses.length);
  });

  it.each(refusedAddresses)("stops $address: $what", ({ address }) => {
    expect(guard.isPublic(address)).toBe(false);
  });

  it.each(publicAddresses)("lets $address through: $what", ({ address }) => {
    expect(guard.isPublic(address)).toBe(true);
  });

  it.each(["203.0.114.7", "::ffff:203.0.114.7", "2a00:1450::7", "2A00:1450:0::7"])("stops %s: its own", (address) => {
    expect(guard.isPublic(address)).toBe(false);
  });

  it("knows the addresses of the machine it runs on", () => {
    expect(createAddressGuard({ refused: [] }).isPublic("127.0.0.1")).toBe(false);
  });

  it("judges an IPv4 address and its mapped form alike", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => guard.isPublic(address) === guard.isPublic(`::ffff:${address}`)),
      { numRuns: 2_000 },
    );
  });

  it("says no to text, and never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => !guard.isPublic(text) || /^[\d.]+$|:/.test(text)));
  });
});

describe("a development host", () => {
  it.each(["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd00::1", "203.0.114.7"])("may lead to %s", (address) => {
    expect(guard.isDevelopment(address)).toBe(true);
  });

  it.each(["169.254.169.254", "fe80::1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "8.8.8.8", "168.63.129.16", "x"])(
    "may not lead to %s for that",
    (address) => {
      expect(guard.isDevelopment(address)).toBe(false);
    },
  );
});

describe("the operator's networks", () => {
  const refused = refusedCidrsSchema.parse("8.8.8.0/24, 2606:4700::/32,10.9.0.0/16,1.1.1.1,");
  const strict = createAddressGuard({ refused, ownAddresses: () => new Set() });

  it.each(["8.8.8.8", "8.8.8.255", "::ffff:8.8.8.8", "2606:4700:4700::1111", "1.1.1.1"])("stop %s", (address) => {
    expect(strict.isPublic(address)).toBe(false);
  });

  it.each(["8.8.9.1", "2606:4701::1", "1.1.1.2"])("leave %s alone", (address) => {
    expect(strict.isPublic(address)).toBe(true);
  });

  it("hold for development hosts too", () => {
    expect(strict.isDevelopment("10.9.1.1")).toBe(false);
    expect(strict.isDevelopment("10.8.1.1")).toBe(true);
  });

  it("may be everything", () => {
    const all = createAddressGuard({ refused: refusedCidrsSchema.parse("0.0.0.0/0,::/0") });
    expect(publicAddresses.filter(({ address }) => all.isPublic(address))).toEqual([]);
  });

  it.each([
    "10.0.0.0/33",
    "10.0.0/8",
    "x",
    "::/129",
    "10.0.0.0/8/8",
    "fe80::%1/64",
    "10.0.0.0/-1",
    "::ffff:10.0.0.0/104",
    "1.2.3.4/",
  ])("are not written %s", (text) => {
    expect(refusedCidrsSchema.safeParse(text).error?.issues[0]?.message).toContain("is not a network");
  });
});

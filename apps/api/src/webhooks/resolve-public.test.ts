import { describe, expect, test } from "vitest";
import { isPublic, resolvePublic } from "./resolve-public.ts";

test.each(["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])("%s is public", (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "192.0.2.1",
  "198.18.0.1",
  "240.0.0.1",
  "::",
  "::1",
  "::7f00:1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::a00:1",
  "2002:7f00:1::",
  "2001::1",
  "2001:db8::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "fc00::1",
  "fd12:3456::1",
  "ff02::1",
  "4000::1",
  "not an address",
])("%s is not", (address) => {
  expect(isPublic(address)).toBe(false);
});

describe("resolving", () => {
  const to = (...addresses: string[]) => ({ isDevHost: false, resolve: async () => addresses });

  test("gives every address of a public name", async () => {
    expect(await resolvePublic("example.com", to("8.8.8.8", "2606:4700::1"))).toEqual({
      ok: true,
      addresses: ["8.8.8.8", "2606:4700::1"],
    });
  });

  test("refuses a name with one address that is not public", async () => {
    expect(await resolvePublic("example.com", to("8.8.8.8", "127.0.0.1"))).toEqual({
      ok: false,
      reason: "address_refused",
    });
  });

  test("checks a literal, which no resolver is asked for", async () => {
    const resolve = () => Promise.reject(new Error("asked"));
    expect(await resolvePublic("127.0.0.1", { isDevHost: false, resolve })).toEqual({
      ok: false,
      reason: "address_refused",
    });
    expect(await resolvePublic("[::ffff:169.254.169.254]", { isDevHost: false, resolve })).toEqual({
      ok: false,
      reason: "address_refused",
    });
    expect(await resolvePublic("[::1]", { isDevHost: true, resolve })).toEqual({ ok: true, addresses: ["::1"] });
  });

  test("says when there is no address", async () => {
    expect(await resolvePublic("example.com", to())).toEqual({ ok: false, reason: "dns_failed" });
    expect(
      await resolvePublic("example.com", { isDevHost: false, resolve: () => Promise.reject(new Error("ENOTFOUND")) }),
    ).toEqual({ ok: false, reason: "dns_failed" });
  });

  test("lets a development host lead to this machine or network, never to link-local", async () => {
    const resolve = (address: string) => ({ isDevHost: true, resolve: async () => [address] });
    expect(await resolvePublic("localhost", resolve("127.0.0.1"))).toMatchObject({ ok: true });
    expect(await resolvePublic("receiver", resolve("172.18.0.3"))).toMatchObject({ ok: true });
    expect(await resolvePublic("receiver", resolve("169.254.169.254"))).toMatchObject({ ok: false });
    expect(await resolvePublic("receiver", resolve("0.0.0.0"))).toMatchObject({ ok: false });
  });
});

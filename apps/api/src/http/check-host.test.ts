import { expect, it } from "vitest";
import { createHostCheck } from "./check-host.ts";

const isOurs = createHostCheck({
  urls: ["https://Verify.Example.com/base", "wss://stream.example.com:8443", undefined],
  names: ["API.internal", "0.0.0.0"],
});

it.each([
  "verify.example.com",
  "VERIFY.example.com:443",
  "verify.example.com.",
  "stream.example.com",
  "api.internal:4000",
  "localhost:4000",
  "bank.localhost",
  "127.0.0.1:4000",
  "10.1.2.3",
  "[::1]:4000",
])("%s is ours", (host) => expect(isOurs(host)).toBe(true));

it.each([
  undefined,
  "",
  "evil.example",
  "evil.example:4000",
  "verify.example.com.evil.example",
  "evil-verify.example.com",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "127.0.0.1.nip.io",
  // What a browser makes an address of, and we do not.
  "0x7f000001",
  "2130706433",
  "[evil.example]",
  "[::1",
  "verify.example.com@evil.example",
  "verify.example.com, evil.example",
  "verify.example.com/",
])("%s is not", (host) => expect(isOurs(host)).toBe(false));

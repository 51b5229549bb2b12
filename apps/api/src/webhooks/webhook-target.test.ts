import { describe, expect, test } from "vitest";
import { checkWebhookTarget } from "./webhook-target.ts";

describe("accepted", () => {
  test.each([
    "https://example.com/hook",
    "https://a.b.example.co.uk:8443/hook?x=1",
    "https://someone.github.io/hook",
    "HTTPS://EXAMPLE.COM",
    "https://xn--bcher-kva.example.com/",
  ])("%s", (url) => {
    expect(checkWebhookTarget(url, [])).toMatchObject({ ok: true, isDevHost: false });
  });
});

describe("refused", () => {
  test.each([
    ["not a url", "is not a URL"],
    ["", "is not a URL"],
    ["ftp://example.com/", "https://"],
    ["javascript:alert(1)", "https://"],
    ["http://example.com/hook", "must use https"],
    ["https://user:pass@example.com/", "user name"],
    ["https://user@example.com/", "user name"],
    ["https://example.com/#x", "fragment"],
    ["https://example.com/#", "fragment"],
    ["https://localhost/hook", "top-level domain"],
    ["https://receiver.internal/", "top-level domain"],
    ["https://printer.local/", "top-level domain"],
    ["https://example.test/", "top-level domain"],
    ["https://example.onion/", "top-level domain"],
    ["https://1.0.0.127.in-addr.arpa/", "top-level domain"],
    ["https://com/", "top-level domain"],
    ["https://co.uk/", "top-level domain"],
    ["https://example.com./", "top-level domain"],
    ["https://127.0.0.1/", "IP address"],
    ["https://8.8.8.8/", "IP address"],
    ["https://[::1]/", "IP address"],
    ["https://0x7f.1/", "IP address"],
    ["https://2130706433/", "IP address"],
    [`https://example.com/${"a".repeat(2048)}`, "2048"],
  ])("%s", (url, problem) => {
    expect(checkWebhookTarget(url, ["localhost:4001"])).toMatchObject({
      ok: false,
      problem: expect.stringContaining(problem),
    });
  });
});

describe("a development host", () => {
  const devHosts = ["localhost:4001", "127.0.0.1:443", "Hooks.test:80"];

  test.each(["http://localhost:4001/hook", "https://localhost:4001/", "https://127.0.0.1/", "http://hooks.test/"])(
    "%s is accepted as named",
    (url) => {
      expect(checkWebhookTarget(url, devHosts)).toMatchObject({ ok: true, isDevHost: true });
    },
  );

  test.each([
    "http://localhost:4002/",
    "http://localhost/",
    "http://127.0.0.1:4001/",
    "https://hooks.test/",
    "http://a.localhost:4001/",
  ])("%s is another host or port", (url) => {
    expect(checkWebhookTarget(url, devHosts)).toMatchObject({ ok: false });
  });

  test("is still refused credentials and fragment", () => {
    expect(checkWebhookTarget("http://a:b@localhost:4001/", devHosts)).toMatchObject({ ok: false });
    expect(checkWebhookTarget("http://localhost:4001/#a", devHosts)).toMatchObject({ ok: false });
  });
});

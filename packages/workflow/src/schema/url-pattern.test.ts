import { describe, expect, it } from "vitest";
import { compileUrlPattern, isAllowedHost, urlPatternProblem } from "./url-pattern.ts";

describe("an address pattern", () => {
  it.each([
    ["/login**", "https://a.test/login", true],
    ["/login**", "https://a.test/login/step/2?x=1#y", true],
    ["/login**", "https://a.test/login2", true],
    ["/login**", "https://a.test/log", false],
    ["/accounts/**", "https://a.test/accounts/.hidden/1", true],
    ["/a/*/c", "https://a.test/a/b/c", true],
    ["/a/*/c", "https://a.test/a/b/b/c", false],
    ["/api/v1/accounts", "https://a.test/api/v1/accounts?page=1", true],
    ["/api/v1/accounts", "https://a.test/api/v1/accounts/1", false],
    ["https://auth.*.test/in", "https://auth.a.test/in", true],
    ["https://auth.*.test/in", "https://evil.example/in", false],
    ["/**", "about:blank", false],
  ])("%s, %s: %s", (pattern, url, fits) => {
    expect(compileUrlPattern(pattern)(url)).toBe(fits);
  });

  it.each(["login", "http://a.test/x", "/a?b", "/a#b", `/${"*a".repeat(7)}`, `/${"a".repeat(300)}`])(
    "%s is refused",
    (pattern) => {
      expect(urlPatternProblem(pattern)).not.toBeNull();
    },
  );
});

describe("an allow list", () => {
  it.each([
    ["bank.test", true],
    ["BANK.test", true],
    ["a.sub.test", true],
    ["a.b.sub.test", true],
    ["sub.test", false],
    ["evilsub.test", false],
    ["bank.test.evil.example", false],
  ])("%s: %s", (host, allowed) => {
    expect(isAllowedHost(["bank.test", "*.sub.test"], host)).toBe(allowed);
  });
});

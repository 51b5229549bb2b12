import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lintPlatform } from "./lint-platform.ts";

const clean = `format: platform/1
name: bank
displayName: Bank
loginUrl: https://bank.test/login
version: 1.0.0
allow: [bank.test]
output: bank-account@1
screens:
  - id: locked
    when: { see: { text: "account is locked" } }
    fail: ACCOUNT_LOCKED
  - id: login
    when: { url: "/login**", see: { role: button, name: "Log in" } }
    user:
      kind: login
      fields:
        - { id: username, at: { label: Username } }
        - { id: secret, type: password, at: { label: Password } }
  - id: bad
    when: { see: { text: "incorrect" } }
    note: INVALID_CREDENTIALS
  - id: offer
    when: { see: { role: dialog } }
    do: [{ click: { any: [{ role: button, name: Close }, { css: ".x" }] } }]
  - id: home
    when: { url: "/accounts**" }
    then: collect
collect:
  - id: account
    open: /accounts
    capture: { request: { url: "/api/accounts" } }
    read:
      accountHolder: { json: "$.owner" }
      accountType: { json: "$.type", map: { CHK: checking, "*": other } }
      lastFourDigits: { json: "$.number", take: last4 }
  - id: statements
    open: /statements
    table: { rows: { css: tr }, read: { date: { cell: 1, as: date }, balance: { cell: 2, as: money } } }
tests:
  - name: good
    as: { username: a, secret: b }
    expect: { status: COMPLETED, data: { lastFourDigits: "1" }, visited: [login, offer, home] }
  - { name: locked, as: { username: c }, expect: { status: ERROR, errorCode: ACCOUNT_LOCKED } }
  - { name: wrong, as: { username: c }, expect: { status: ERROR, errorCode: LOGIN_ATTEMPTS_EXCEEDED } }
`;

const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;

describe("lint", () => {
  it("has nothing to say of a good tree", () => {
    expect(lintPlatform(clean, "platform.yaml")).toEqual([]);
  });

  it("knows the hosts of a preset as ones that are passed through, not collected from", () => {
    const withPreset = clean.replace("[bank.test]", "[bank.test, preset:google-sso]");
    const elsewhere = withPreset.replace('"/login**"', '"https://accounts.google.com/**"');
    expect(lintPlatform(elsewhere, "platform.yaml")).toEqual([]);
    expect(lintPlatform(withPreset.replace('"/login**"', '"https://google.com/**"'), "platform.yaml")).toMatchObject([
      { rule: "unreachable-host", message: expect.stringContaining("add it to allow") },
    ]);
    for (const [from, to] of [
      ['"/api/accounts"', '"https://accounts.google.com/a"'],
      ["open: /accounts", "open: https://accounts.google.com/a"],
    ] as const)
      expect(lintPlatform(withPreset.replace(from, to), "platform.yaml")).toMatchObject([
        { rule: "unreachable-host", message: expect.stringContaining("nothing is collected there") },
      ]);
  });

  it("has nothing to say of the bundled platform", () => {
    const file = new URL("../../../../platforms/demo-bank/platform.yaml", import.meta.url);
    expect(lintPlatform(readFileSync(file, "utf8"), "platform.yaml")).toEqual([]);
  });

  it.each([
    ["not a tree at all", "version: 1.0.0", "version: [", "schema", /YAML/],
    ["loginUrl outside allow", "allow: [bank.test]", "allow: [other.test]", "schema", /not in allow/],
    ["an unknown error code", "fail: ACCOUNT_LOCKED", "fail: LOCKED_OUT", "schema", /not an error code/],
    ["an unknown output", "bank-account@1", "bank-account@9", "schema", /bank-account@1/],
    [
      "a host of a screen outside allow",
      '"/accounts**"',
      '"https://my.test/accounts**"',
      "unreachable-host",
      /my\.test/,
    ],
    ["a host of a capture outside allow", '"/api/accounts"', '"https://api.test/a"', "unreachable-host", /api\.test/],
    ["a password that is plain text", "type: password, ", "", "password-type", /type: password/],
    ["a locator of CSS alone", "{ role: dialog }", '{ css: ".dialog" }', "css-only", /CSS alone/],
    [
      "a proof of what is not read",
      "tests:\n",
      "prove: [{ from: account, reveal: [iban] }]\ntests:\n",
      "schema",
      /does not read "iban"/,
    ],
    [
      "a proof twice",
      "tests:\n",
      "prove: [{ from: account, reveal: [accountHolder] }, { from: account, reveal: [accountHolder] }]\ntests:\n",
      "schema",
      /is proved twice/,
    ],
    [
      "a proof from a host that is not allowed",
      "tests:\n",
      "prove: [{ from: account, reveal: [accountHolder], hosts: [other.example] }]\ntests:\n",
      "schema",
      /is not in allow/,
    ],
    [
      "a setting that does nothing",
      "output: bank",
      "browser: { deviceRatio: 2 }\noutput: bank",
      "schema",
      /not supported yet/,
    ],
    [
      "a request said twice",
      '{ url: "/api/accounts" }',
      '{ url: "/api/accounts", match: "/a/" }',
      "schema",
      /exactly one of url, match/,
    ],
    ["a field that nothing gives", "lastFourDigits: {", "digits: {", "output-source", /needs lastFourDigits/],
    ["a column that nothing gives", "date: { cell: 1", "day: { cell: 1", "output-source", /needs date in each row/],
    ["a map out of the enum", "CHK: checking", "CHK: current", "output-form", /"current"/],
    ["an enum without a map", ', map: { CHK: checking, "*": other }', "", "output-form", /add a map/],
    ["money read as text", "cell: 2, as: money", "cell: 2", "output-form", /as: money/],
    [
      "a promised field that is optional",
      'json: "$.owner" }',
      'json: "$.owner", optional: true }',
      "output-optional",
      /remove optional/,
    ],
    [
      "a test that visits what is not there",
      "visited: [login, offer",
      "visited: [login, offers",
      "unknown-screen",
      /offers/,
    ],
    [
      "a test that visits a note",
      "visited: [login, offer",
      "visited: [login, bad, offer",
      "unknown-screen",
      /is a note/,
    ],
    ["a test for data that is not read", "data: { lastFourDigits", "data: { iban", "unknown-value", /iban/],
    ["a test with a value for no field", "as: { username: a, ", "as: { user: a, ", "test-value", /"user"/],
    [
      "a test with another ending than the code has",
      "status: ERROR, errorCode: ACCOUNT",
      "status: COMPLETED, errorCode: ACCOUNT",
      "unknown-value",
      /ends a session as ERROR/,
    ],
    [
      "a fail screen without a test",
      "name: locked, as: { username: c }, expect: { status: ERROR, errorCode: ACCOUNT_LOCKED",
      "name: locked, as: { username: c }, expect: { status: ERROR, errorCode: MFA_TIMEOUT",
      "untested-screen",
      /no test covers locked/,
    ],
    ["a note without a test", "LOGIN_ATTEMPTS_EXCEEDED", "MFA_TIMEOUT", "untested-screen", /5 times/],
  ] as const)("finds %s", (_what, from, to, rule, message) => {
    expect(clean).toContain(from);
    const text = clean.replace(from, to);
    const findings = lintPlatform(text, "platform.yaml");
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    const finding = findings.find((candidate) => candidate.rule === rule);
    expect(finding?.message).toMatch(message);
    expect(finding?.line).toBeGreaterThan(0);
  });

  it("says where", () => {
    const text = clean.replace("type: password, ", "");
    expect(lintPlatform(text, "bank/platform.yaml")).toEqual([
      {
        fileName: "bank/platform.yaml",
        line: lineOf(text, "{ id: secret"),
        column: 11,
        path: "screens.1.user.fields.1",
        message: "secret looks like a password; write type: password",
        rule: "password-type",
        severity: "error",
      },
    ]);
  });

  it("knows what nobody can witness", () => {
    const proved = clean.replace("tests:\n", "prove: [{ from: account, reveal: [accountHolder] }]\ntests:\n");
    expect(lintPlatform(proved, "platform.yaml")).toEqual([]);
    const onPage = proved.replace('accountHolder: { json: "$.owner" }', "accountHolder: { css: h1 }");
    expect(lintPlatform(onPage, "platform.yaml").map(({ rule }) => rule)).toEqual(["prove-source"]);
    const elsewhere = proved
      .replace("allow: [bank.test]", "allow: [bank.test, api.test]")
      .replace('"/api/accounts"', '"https://api.test/accounts"');
    expect(lintPlatform(elsewhere, "platform.yaml").map(({ rule }) => rule)).toEqual(["prove-host"]);
    const named = elsewhere.replace("reveal:", "hosts: [api.test], reveal:");
    expect(lintPlatform(named, "platform.yaml")).toEqual([]);
    const anywhere = proved.replace("    open: /accounts\n", "");
    expect(lintPlatform(anywhere, "platform.yaml").map(({ rule }) => rule)).toEqual(["prove-open"]);
  });

  it("keeps the tree from typing a password", () => {
    const text = clean.replace("do: [{", 'do: [{ type: { at: { label: "Your PIN" }, text: "1234" } }, {');
    expect(lintPlatform(text, "platform.yaml").map(({ rule }) => rule)).toEqual(["typed-secret"]);
  });

  it.each([
    ["the same", '{ url: "/x" }', '{ url: "/x" }', true],
    ["any address first", "{ see: { text: a } }", '{ url: "/x", see: { text: a } }', true],
    ["a prefix first", '{ url: "/a**" }', '{ url: "/a/b/*" }', true],
    ["a glob over an address", '{ url: "/a/*" }', '{ url: "/a/b", see: { text: b } }', true],
    ["one of several addresses", '{ url: { any: ["/a**", "/b"] } }', '{ url: { any: ["/a/1", "/b"] } }', true],
    ["a shorter text first", "{ see: { text: locked } }", '{ see: { text: "Account LOCKED" } }', true],
    ["a role without a name first", "{ see: { role: dialog } }", "{ see: { role: dialog, name: Hi } }", true],
    ["one of the alternatives", "{ see: { any: [{ text: a }, { css: b }] } }", "{ see: { css: b } }", true],
    ["the narrow one first", '{ url: "/a/b" }', '{ url: "/a/*" }', false],
    ["other addresses", '{ url: "/a/*" }', '{ url: "/a/b/c" }', false],
    ["another host", '{ url: "https://a.bank.test/x" }', '{ url: "https://b.bank.test/x" }', false],
    ["any host after one host", '{ url: "https://a.bank.test/x" }', '{ url: "/x" }', false],
    ["one more condition first", '{ url: "/x", see: { text: a } }', '{ url: "/x" }', false],
    ["a regex, which cannot be told", '{ see: { text: "/lock/" } }', "{ see: { text: locked } }", false],
    ["other ways to find", "{ see: { text: a } }", "{ see: { label: a } }", false],
  ])("tells a screen behind %s", (_what, first, second, shadowed) => {
    const text = clean
      .replace("allow: [bank.test]", 'allow: [bank.test, "*.bank.test"]')
      .replace(
        "  - id: locked\n",
        `  - { id: one, when: ${first}, fail: INTERNAL }\n  - { id: two, when: ${second}, fail: INTERNAL }\n  - id: locked\n`,
      );
    const found = lintPlatform(text, "platform.yaml").filter(({ rule }) => rule === "shadowed-screen");
    expect(found.some(({ message }) => message.startsWith("two never comes up: one"))).toBe(shadowed);
  });
});

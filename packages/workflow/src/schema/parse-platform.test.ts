import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consentFields, consentSubject } from "./consent-fields.ts";
import { hashPlatform } from "./hash-platform.ts";
import { parsePlatform } from "./parse-platform.ts";
import { platformDefinitionSchema } from "./platform.ts";

const demoBank = readFileSync(new URL("../../../../platforms/demo-bank/platform.yaml", import.meta.url), "utf8");

const small = `format: platform/1
name: bank
displayName: Bank
loginUrl: https://bank.test/login
version: 1.0.0
allow: [bank.test]
screens:
  - id: login
    when: { url: "/login**", see: { role: button, name: "Log in" } }
    user: { kind: login, timeout: 5m }
  - id: promo
    when: { see: { any: [{ role: dialog }, { css: ".x" }] } }
    do: [{ click: { css: ".x" } }]
  - id: home
    when: { url: "/accounts**" }
    then: collect
collect:
  - id: account
    capture: { request: { method: GET, url: "/api/accounts" } }
    read:
      accountHolder: { json: "$.owner.name" }
prove:
  - { from: account, reveal: [accountHolder] }
`;

function problemsOf(text: string) {
  const parsed = parsePlatform(text, "platform.yaml");
  return parsed.ok ? [] : parsed.problems;
}

describe("a platform file", () => {
  it("is taken as written, with nothing filled in", () => {
    const parsed = parsePlatform(small, "platform.yaml");
    expect(parsed).toMatchObject({
      ok: true,
      definition: { name: "bank", screens: [{ user: { kind: "login", timeout: "5m" } }, {}, { then: "collect" }] },
    });
    expect(parsed.ok && Object.keys(parsed.definition)).not.toContain("limits");
  });

  it.each([
    ["an unknown key", ["displayName: Bank", "displayname: Bank"], 3, 1, "", /unknown key "displayname"/],
    [
      "choices of both kinds",
      [
        "kind: login,",
        "kind: login, choices: [{ id: a, label: A, at: { text: A } }], choicesFrom: { rows: { css: li } },",
      ],
      10,
      88,
      "screens.0.user.choicesFrom",
      /keep one of the two/,
    ],
    ["a missing key", ["version: 1.0.0\n", ""], 1, 1, "version", /is missing; add it/],
    ["a version read as a number", ["1.0.0", "1.0"], 5, 10, "version", /in quotes/],
    ["a plain http address", ["https://bank.test/login", "http://bank.test/login"], 4, 11, "loginUrl", /https/],
    [
      "a login host outside allow",
      ["allow: [bank.test]", "allow: [other.test]"],
      4,
      11,
      "loginUrl",
      /not in allow; add it/,
    ],
    ["a host with a scheme in allow", ["[bank.test]", '[bank.test, "https://x.test"]'], 6, 20, "allow.1", /no scheme/],
    ["an unknown preset", ["[bank.test]", "[bank.test, preset:gogle-sso]"], 6, 20, "allow.1", /preset:google-sso/],
    ["a login at a preset's host", ["[bank.test]", "[preset:google-sso]"], 4, 11, "loginUrl", /not in allow; add it/],
    ["a wildcard for everything", ["[bank.test]", '[bank.test, "*"]'], 6, 20, "allow.1", /host name/],
    ["an unknown role", ["role: button", "role: buton"], 9, 43, "screens.0.when.see.role", /use one of alert/],
    [
      "a mistake in an alternative",
      ["{ role: dialog }", "{ rol: dialog }"],
      12,
      28,
      "screens.1.when.see.any.0",
      /unknown key "rol"/,
    ],
    ["a path without a slash", ['"/login**"', "login"], 9, 18, "screens.0.when.url", /first slash/],
    ["a bad duration", ["timeout: 5m", "timeout: five"], 10, 35, "screens.0.user.timeout", /250ms, 90s/],
    [
      "two outcomes",
      ["    then: collect", "    then: collect\n    fail: ACCOUNT_LOCKED"],
      14,
      5,
      "screens.2",
      /exactly one of user, do/,
    ],
    ["an unknown error code", ["then: collect", "fail: LOCKED"], 16, 11, "screens.2.fail", /not an error code/],
    ["an id used twice", ["id: promo", "id: login"], 11, 9, "screens.1.id", /used twice/],
    ["a hostile regex flag", ['name: "Log in"', 'name: "/log/gi"'], 9, 57, "screens.0.when.see.name", /flag "g"/],
    ["a look-ahead", ['name: "Log in"', 'name: "/(?=a)b/"'], 9, 57, "screens.0.when.see.name", /look-around/],
    [
      "a selector that leaves CSS",
      ['do: [{ click: { css: ".x" } }]', 'do: [{ click: { css: ".x >> div" } }]'],
      13,
      26,
      "screens.1.do.0.click.css",
      /not CSS/,
    ],
    [
      "a selector for the value of a field",
      ['do: [{ click: { css: ".x" } }]', 'do: [{ click: { css: "input[value^=a]" } }]'],
      13,
      26,
      "screens.1.do.0.click.css",
      /value of a field/,
    ],
    [
      "two actions in one",
      ['do: [{ click: { css: ".x" } }]', 'do: [{ click: { css: ".x" }, back: true }]'],
      13,
      10,
      "screens.1.do.0",
      /one action each/,
    ],
    ["a bad JSONPath", ['"$.owner.name"', '"owner.."'], 21, 30, "collect.0.read.accountHolder.json", /RFC 9535/],
    [
      "a field without a source",
      ['{ json: "$.owner.name" }', "{ take: last4 }"],
      21,
      22,
      "collect.0.read.accountHolder",
      /exactly one of json, css, cell/,
    ],
    [
      "json without a captured response",
      ['    capture: { request: { method: GET, url: "/api/accounts" } }\n', ""],
      20,
      22,
      "collect.0.read.accountHolder",
      /add capture/,
    ],
    [
      "a proof of an unread field",
      ["reveal: [accountHolder]", "reveal: [iban]"],
      23,
      31,
      "prove.0.reveal.0",
      /does not read "iban"/,
    ],
    ["no way to the data", ["then: collect", "fail: ACCOUNT_LOCKED"], 8, 3, "screens", /then: collect/],
  ])("with %s is refused where it stands", (_name, [from = "", to = ""], line, column, path, message) => {
    expect(small).toContain(from);
    const problems = problemsOf(small.replace(from, to));
    const problem = problems.find((each) => message.test(each.message));
    expect(problem ?? problems).toMatchObject({ fileName: "platform.yaml", line, column, path });
  });

  it.each([
    ["broken YAML", "a: [1", /not the YAML/],
    ["nothing", "", /is missing|expected/i],
    ["a list", "- 1", /expected object/i],
    ["a key twice", "name: a\nname: b", /unique/],
    ["an unknown tag", "name: !!js/function x", /tag/],
    ["an alias", "a: &x [1]\nb: *x", /aliases are not available/],
    ["thousands of brackets", "[".repeat(100_000), /nested too deeply/],
    ["a file of a megabyte", `# ${"x".repeat(1_000_000)}`, /larger than 256 KiB/],
  ])("of %s is refused with a position", (_name, text, message) => {
    const problems = problemsOf(text);
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.line).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(50);
  });

  it("that is a YAML bomb is refused at once, before anything is expanded", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefghi"
        .split("")
        .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]`),
    ].join("\n");
    expect(problemsOf(bomb)[0]?.message).toMatch(/aliases/);
  });

  it("never throws, whatever a byte of it becomes", () => {
    fc.assert(
      fc.property(fc.nat(small.length - 1), fc.string({ minLength: 0, maxLength: 3 }), (at, text) => {
        const parsed = parsePlatform(small.slice(0, at) + text + small.slice(at + 1), "x.yaml");
        if (!parsed.ok) for (const problem of parsed.problems) expect(problem.line).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

describe("the bundled demo bank", () => {
  const parsed = parsePlatform(demoBank, "platform.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));

  it("survives the way as JSON with the same hash", () => {
    const again = platformDefinitionSchema.parse(JSON.parse(JSON.stringify(parsed.definition)));
    expect(again).toEqual(parsed.definition);
    expect(hashPlatform(again)).toBe(parsed.hash);
  });

  it("has a hash of its content, not of its layout", () => {
    const asJson = parsePlatform(
      JSON.stringify(Object.fromEntries(Object.entries(parsed.definition).toReversed())),
      "platform.json",
    );
    expect(asJson).toMatchObject({ ok: true, hash: parsed.hash });
    const changed = parsePlatform(demoBank.replace("take: last4", "take: last5"), "platform.yaml");
    expect(changed.ok && changed.hash).not.toBe(parsed.hash);
    expect(parsed.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("tells the user what is collected", () => {
    expect(consentFields(parsed.definition)).toEqual([
      "Account holder",
      "Account type",
      "Last four digits",
      "Statements (date, balance)",
    ]);
    expect(consentFields(parsed.definition, new Set(["statements", "accountType"]))).toEqual([
      "Account type",
      "Statements (date, balance)",
    ]);
    expect(consentSubject(parsed.definition, "lastFourDigits")).toBe("Last four digits");
    expect(consentSubject(parsed.definition, "statements.0.balance.amount")).toBe("Statements (1, balance, amount)");
  });
});

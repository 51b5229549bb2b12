import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDate } from "./date.ts";
import { jsonPathProblem, readJsonPath } from "./json-path.ts";
import { parseMoney } from "./money.ts";
import { readRuleSchema } from "./read-rule.ts";
import { ReadError, readJsonFields, shapeValue } from "./read-value.ts";
import { findByRegex, matchesText, parseTextPattern } from "./text-pattern.ts";

describe("money", () => {
  it.each([
    ["$1,234.50", {}, { amount: "1234.50" }],
    ["1.234,50 €", { decimal: "," }, { amount: "1234.50", currency: "EUR" }],
    ["1 234,50 zł", { decimal: "," }, { amount: "1234.50", currency: "PLN" }],
    ["CHF 1’234.50", {}, { amount: "1234.50", currency: "CHF" }],
    ["(£12.00)", {}, { amount: "-12.00", currency: "GBP" }],
    ["−12", {}, { amount: "-12" }],
    ["USD -12.5", {}, { amount: "-12.5", currency: "USD" }],
    ["12.00-", {}, { amount: "-12.00" }],
    ["-0.00", {}, { amount: "0.00" }],
    ["0012", { currency: "USD" }, { amount: "12", currency: "USD" }],
    ["99999999999999999999.99", {}, { amount: "99999999999999999999.99" }],
  ] as const)("%s", (text, options, money) => {
    expect(parseMoney(text, options)).toEqual(money);
  });

  it.each(["", "free", "1,23.4", "1.234,50", "12 of 15", "1.2.3", "1,2345", "9".repeat(65)])(
    "%s is refused",
    (text) => {
      expect(() => parseMoney(text)).toThrow(RangeError);
    },
  );

  it("keeps every digit of any grouped amount", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.integer({ min: 0, max: 99 }),
        fc.boolean(),
        (whole, cents, negative) => {
          const grouped = whole.toString().replace(/\B(?=(\d{3})+$)/g, ",");
          const fraction = String(cents).padStart(2, "0");
          const sign = negative && (whole > 0n || cents > 0) ? "-" : "";
          expect(parseMoney(`${negative ? "-" : ""}$${grouped}.${fraction}`).amount).toBe(
            `${sign}${whole}.${fraction}`,
          );
        },
      ),
    );
  });
});

describe("a date", () => {
  it.each([
    ["2026-02-28", undefined, "2026-02-28"],
    ["2026-02-28T23:59:59Z", undefined, "2026-02-28"],
    ["3 February 2026", undefined, "2026-02-03"],
    ["Mon 3 Feb 2026", undefined, "2026-02-03"],
    ["February 3rd, 2026", undefined, "2026-02-03"],
    ["03/04/2026", "DD/MM/YYYY", "2026-04-03"],
    ["03.04.2026", "MM/DD/YYYY", "2026-03-04"],
    ["2024-02-29", undefined, "2024-02-29"],
  ] as const)("%s %s", (text, format, date) => {
    expect(parseDate(text, format)).toBe(date);
  });

  it.each(["03/04/2026", "2026-02-30", "31 Foo 2026", "yesterday", ""])("%s is refused", (text) => {
    expect(() => parseDate(text)).toThrow(RangeError);
  });
});

describe("a JSONPath", () => {
  it("leads to one value", () => {
    const document = { items: [{ number: "1" }, { number: "2" }] };
    expect(readJsonPath(document, "$.items[?@.number=='2'].number")).toBe("2");
    expect(readJsonPath(document, "$.none")).toBeUndefined();
    expect(() => readJsonPath(document, "$.items[*].number")).toThrow("several");
  });

  it.each(["owner", "$..a..b", "$[?search(@.a, '(a+)+$')]", `$.${"a".repeat(300)}`])("%s is refused", (path) => {
    expect(jsonPathProblem(path)).not.toBeNull();
  });
});

describe("a text pattern", () => {
  it.each([
    ["account is locked", "Your  account\nis LOCKED.", true],
    ["/incorrect (user|pass)/i", "Incorrect username", true],
    ["/^code$/", "the code", false],
  ])("%s in %s: %s", (pattern, text, found) => {
    expect(matchesText(parseTextPattern(pattern), text)).toBe(found);
  });

  it("that would take exponential time elsewhere is linear here", () => {
    expect(findByRegex("/^(a+)+$/", `${"a".repeat(50_000)}b`)).toBeNull();
    expect(findByRegex("/(\\d+) EUR/", "total 12 EUR")).toBe("12");
  });

  it.each(["/(?=a)/", "/(a)\\1/", "/[/", "/a/g", "/(?i)a/", `/${"a".repeat(501)}/`])("%s is refused", (pattern) => {
    expect(() => parseTextPattern(pattern)).toThrow(RangeError);
  });
});

describe("a value", () => {
  const shape = (raw: string | number | boolean | null | object, rule: object) =>
    shapeValue(raw as string, readRuleSchema.parse({ json: "$", ...rule }));

  it.each([
    ["0001 2345 1234", { take: "last4" }, "1234"],
    ["0001 2345 1234", { take: "first6" }, "000123"],
    ["+49 (0)30-1", { take: "digits" }, "490301"],
    ["CHK", { map: { CHK: "checking" } }, "checking"],
    ["X", { map: { "*": "other" } }, "other"],
    ["toString", { map: { "*": "other" } }, "other"],
    ["Member since 2019", { regex: "/(\\d{4})$/", as: "integer" }, 2019],
    ["4.8", { as: "number" }, 4.8],
    [4.8, {}, 4.8],
    [true, {}, true],
    ["Yes", { as: "boolean" }, true],
    ["  a \n b ", { as: "text" }, "a b"],
    ["$5.00", { as: "money", currency: "USD" }, { amount: "5.00", currency: "USD" }],
  ])("%j by %j is %j", (raw, rule, value) => {
    expect(shape(raw, rule)).toEqual(value);
  });

  it.each([
    ["123", { take: "last4" }],
    ["X", { map: { CHK: "checking" } }],
    ["constructor", { map: { CHK: "checking" } }],
    ["1e9", { as: "number" }],
    ["12.5", { as: "integer" }],
    [{ a: 1 }, {}],
    [[1], {}],
  ])("%j by %j is refused", (raw, rule) => {
    expect(() => shape(raw, rule)).toThrow(RangeError);
  });
});

describe("fields of a response", () => {
  const rules = {
    holder: readRuleSchema.parse({ json: "$.owner" }),
    nick: readRuleSchema.parse({ json: "$.nick", optional: true }),
  };

  it("are read together; optional ones may be missing", () => {
    expect(readJsonFields('{"owner":"Jane"}', rules)).toEqual({ holder: "Jane" });
  });

  it("that are missing are named without the data", () => {
    const body = '{"secret":"0123456789"}';
    expect(() => readJsonFields(body, rules)).toThrow(new ReadError("holder", "is not there"));
    expect(() => readJsonFields("<html>", rules)).toThrow("is not JSON");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDate } from "./date.ts";
import { parseMoney } from "./money.ts";
import { readRuleSchema } from "./read-rule.ts";
import { ReadError, readFields, readJsonFields, shapeValue } from "./read-value.ts";
import { findByRegex, matchesText, parseTextPattern } from "./text-pattern.ts";

describe("money", () => {
  it.each([
    ["$1,234.50", {}, { amount: "1234.50" }],
    ["1.234,50", {}, { amount: "1234.50" }],
    ["12,50", {}, { amount: "12.50" }],
    ["1,234,567", {}, { amount: "1234567" }],
    ["1.234.567", {}, { amount: "1234567" }],
    ["0.125", {}, { amount: "0.125" }],
    ["1234.567", {}, { amount: "1234.567" }],
    ["1,234", { decimal: "." }, { amount: "1234" }],
    ["1.234", { decimal: "," }, { amount: "1234" }],
    ["1.234", { decimal: "." }, { amount: "1.234" }],
    ["EUR 12.00 CR", {}, { amount: "12.00", currency: "EUR" }],
    ["12.00 kr", {}, { amount: "12.00" }],
    ["₹1,00,000.00", {}, { amount: "100000.00", currency: "INR" }],
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

  it.each(["", "free", "1,23.4", "12 of 15", "1.2.3", "9".repeat(65), "1,234", "1.234", "12.345", "1e9"])(
    "%s is refused",
    (text) => {
      expect(() => parseMoney(text)).toThrow(RangeError);
    },
  );

  it("that may mean two amounts asks for the decimal mark", () => {
    expect(() => parseMoney("€ 1.234")).toThrow(/write decimal/);
    expect(() => parseMoney("1.234,50", { decimal: "." })).toThrow(/decimal mark/);
  });

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
    ["3. 4. 2026", "DD/MM/YYYY", "2026-04-03"],
    ["2026/04/03", "YYYY-MM-DD", "2026-04-03"],
    ["Sept 3, 2026", undefined, "2026-09-03"],
  ] as const)("%s %s", (text, format, date) => {
    expect(parseDate(text, { format })).toBe(date);
  });

  it.each([
    ["03/04/2026", "en-GB", "2026-04-03"],
    ["03/04/2026", "en-US", "2026-03-04"],
    ["3.4.2026", "de-DE", "2026-04-03"],
    ["3-4-2026", "nl-NL", "2026-04-03"],
    ["2026/04/03", "ja-JP", "2026-04-03"],
    ["3. März 2026", "de-DE", "2026-03-03"],
    ["Di., 3. Mär. 2026", "de-DE", "2026-03-03"],
    ["3 de marzo de 2026", "es-ES", "2026-03-03"],
    ["1er août 2026", "fr-FR", "2026-08-01"],
    ["3 March 2026", "de-DE", "2026-03-03"],
    ["2026-04-03", "en-US", "2026-04-03"],
  ])("%s on a page in %s is %s", (text, locale, date) => {
    expect(parseDate(text, { locale })).toBe(date);
  });

  it("in digits is refused where the order is not told, or is another one", () => {
    expect(() => parseDate("03/04/2026")).toThrow(/add format/);
    expect(() => parseDate("25/12/2026")).toThrow(/add format/);
    expect(() => parseDate("03/04/2026", { locale: "en" })).toThrow(/add format/);
    expect(() => parseDate("25/12/2026", { locale: "en-US" })).toThrow(/calendar/);
    expect(() => parseDate("03/04/26", { locale: "en-GB" })).toThrow(/four digits/);
    expect(() => parseDate("3 März 2026", { locale: "fr-FR" })).toThrow(/month/);
  });

  it.each(["2026-02-30", "31 Foo 2026", "31 February 2026", "yesterday", "", "20260403", "1 ".repeat(50)])(
    "%s is refused",
    (text) => {
      expect(() => parseDate(text)).toThrow(RangeError);
    },
  );
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

  it.each([
    ["/p\\{L\\}/", "p{L}", true],
    ["/^\\p{Lu}\\p{L}+$/", "Österreich", true],
    ["/50% [+] \\$5 \\(\"now\"\\) a\\/b 'c' >> d/", `50% + $5 ("now") a/b 'c' >> d`, true],
    ["/💶|€/", "in 💶", true],
    ["/a.b/s", "a b", true],
    ["/", "either / or", true],
    ["//", "http://x", true],
  ])("with odd characters: %s in %s", (pattern, text, found) => {
    expect(matchesText(parseTextPattern(pattern), text)).toBe(found);
  });

  it.each(["/\\Aa/", "/a\\z/", "/\\Qa/", "/a\\-b/", "/[[:alpha:]]/", "/(?P<n>a)/"])(
    "%s, which means something else to browsers, is refused",
    (pattern) => {
      expect(() => parseTextPattern(pattern)).toThrow(/browsers know/);
    },
  );

  it.each(["/(?=a)/", "/(a)\\1/", "/[/", "/a/g", "/(?i)a/", `/${"a".repeat(501)}/`])("%s is refused", (pattern) => {
    expect(() => parseTextPattern(pattern)).toThrow(RangeError);
  });
});

describe("a value", () => {
  const shape = (raw: string | number | boolean | null | object, rule: object, locale?: string) =>
    shapeValue(raw as string, readRuleSchema.parse({ json: "$", ...rule }), locale);

  it.each([
    ["0001 2345 1234", { take: "last4" }, "1234"],
    ["0001 2345 1234", { take: "first6" }, "000123"],
    ["+49 (0)30-1", { take: "digits" }, "490301"],
    ["7-8", { take: "first1" }, "7"],
    ["7-8", { take: "last2" }, "78"],
    ["DE89 3704 0044 0532 0130 00", { take: "last20" }, "89370400440532013000"],
    ["**** **** 1234", { take: "last4" }, "1234"],
    [1234567, { take: "last4" }, "4567"],
    ["ID 12 of 99", { regex: "/ID (\\d+)/", take: "digits", map: { "12": "checking" } }, "checking"],
    ["1,234", { as: "integer", decimal: "." }, 1234],
    ["−1,234.5", { as: "number" }, -1234.5],
    [1234.567, { as: "money" }, { amount: "1234.567" }],
    ["2026-04-03T00:00:00Z", { as: "date" }, "2026-04-03"],
    ["no", { as: "boolean" }, false],
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
    ["1234567890123456", { as: "number" }],
    ["12 %", { as: "number" }],
    ["", { as: "number" }],
    ["12.5", { as: "integer" }],
    ["1,234", { as: "integer" }],
    ["maybe", { as: "boolean" }],
    ["no digits", { take: "digits" }],
    ["none", { regex: "/(\\d+)/" }],
    [{ a: 1 }, {}],
    [[1], {}],
  ])("%j by %j is refused", (raw, rule) => {
    expect(() => shape(raw, rule)).toThrow(RangeError);
  });
});

describe("text of a page in a language", () => {
  const rules = (rule: object) => ({ x: readRuleSchema.parse({ css: "p", ...rule }) });
  it.each([
    ["1.234", "de-DE", { as: "money" }, { amount: "1234" }],
    ["1.234,56 €", "de-DE", { as: "money" }, { amount: "1234.56", currency: "EUR" }],
    ["1\u202f234,56 €", "fr-FR", { as: "money" }, { amount: "1234.56", currency: "EUR" }],
    ["CHF 1’234.50", "de-CH", { as: "money" }, { amount: "1234.50", currency: "CHF" }],
    ["($1,234)", "en-US", { as: "money" }, { amount: "-1234" }],
    ["1,234", "en-GB", { as: "integer" }, 1234],
    ["1.234,5", "de-DE", { as: "number" }, 1234.5],
    ["03/04/2026", "en-GB", { as: "date" }, "2026-04-03"],
    ["03/04/2026", "en-US", { as: "date" }, "2026-03-04"],
    ["03/04/2026", "en-US", { as: "date", format: "DD/MM/YYYY" }, "2026-04-03"],
    ["1.234", "de-DE", { as: "money", decimal: "." }, { amount: "1.234" }],
  ])("%s in %s by %j is %j", (text, locale, rule, value) => {
    expect(readFields(rules(rule), () => text, locale)).toEqual({ x: value });
  });

  it.each([
    ["1,234.56", "de-DE", { as: "money" }],
    ["1.234", undefined, { as: "money" }],
    ["25/12/2026", "en-US", { as: "date" }],
    ["03/04/2026", undefined, { as: "date" }],
  ])("%s in %s by %j is refused", (text, locale, rule) => {
    expect(() => readFields(rules(rule), () => text, locale)).toThrow(ReadError);
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
    expect(() => readJsonFields(body, rules)).toThrow(new ReadError("holder (json $.owner)", "is not there"));
    expect(() => readJsonFields("<html>", rules)).toThrow("is not JSON");
  });

  it("are named with their rule, so that the author finds it", () => {
    const rule = readRuleSchema.parse({ json: "$.n", regex: "/(\\d+)/", take: "last4", as: "integer" });
    expect(() => readJsonFields('{"n":"0-0"}', { last: rule })).toThrow(
      "last (json $.n, regex /(\\d+)/, take last4, as integer): has too few digits",
    );
  });

  it("keep every digit of a number that a float cannot hold", () => {
    const read = (body: string, rule: object) =>
      readJsonFields(body, { x: readRuleSchema.parse({ json: "$.n", ...rule }) });
    expect(read('{"n":12345678901234567891}', { take: "last4" })).toEqual({ x: "7891" });
    expect(read('{"n":12345678901234567891.25}', { as: "money" })).toEqual({
      x: { amount: "12345678901234567891.25" },
    });
    expect(read('{"n":42,"m":12345678901234567891}', {})).toEqual({ x: 42 });
  });

  it("are read after a byte order mark; a page's locale does not count", () => {
    const money = readRuleSchema.parse({ json: "$.n", as: "money" });
    expect(readJsonFields('\uFEFF{"n":"1234.50"}', { x: money })).toEqual({ x: { amount: "1234.50" } });
  });
});

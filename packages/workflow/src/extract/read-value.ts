import type { Json } from "@attestream/shared";
import { parseDate } from "./date.ts";
import { decimalMarkOf, parseDecimal } from "./decimal.ts";
import { readJsonPath } from "./json-path.ts";
import { parseMoney } from "./money.ts";
import type { ReadRule } from "./read-rule.ts";
import { findByRegex } from "./text-pattern.ts";

const maxRuleWords = 80;
/** A float holds so many decimal digits for certain. */
const exactDigits = 15;
const longNumber = /[\d.]{16}/;

/** The value could not be read. The message names place, rule and reason, never the value. */
export class ReadError extends Error {
  override readonly name = "ReadError";

  constructor(place: string, reason: string) {
    super(`${place}: ${reason}`);
  }
}

/** All fields of a JSON response. Throws a ReadError. */
export function readJsonFields(body: string, rules: Record<string, ReadRule>): Record<string, Json> {
  const document = parseJson(body);
  return readFields(rules, (rule) => (rule.json === undefined ? undefined : readJsonPath(document, rule.json)));
}

/**
 * All fields, each raw value taken from `source`. Optional fields that are missing are left out. The
 * locale is that of the text: it tells how dates and decimals are written where a rule does not. A
 * program's answer has none. Throws a ReadError.
 */
export function readFields(
  rules: Record<string, ReadRule>,
  source: (rule: ReadRule, field: string) => Json | undefined,
  locale?: string,
): Record<string, Json> {
  const entries: [string, Json][] = [];
  for (const [field, rule] of Object.entries(rules)) {
    try {
      const raw = source(rule, field);
      if (raw !== undefined && raw !== null && raw !== "") {
        entries.push([field, shapeValue(raw, rule, locale)]);
        continue;
      }
    } catch (error) {
      // Parsers throw RangeErrors with a reason that holds nothing of the text.
      if (rule.optional !== true)
        throw new ReadError(
          `${field} (${wordsOf(rule)})`,
          error instanceof RangeError ? error.message : "cannot be read",
        );
      continue;
    }
    if (rule.optional !== true) throw new ReadError(`${field} (${wordsOf(rule)})`, "is not there");
  }
  return Object.fromEntries(entries);
}

/** Applies regex, take, map and as. Throws a RangeError. */
export function shapeValue(raw: Json, rule: ReadRule, locale?: string): Json {
  if (typeof raw === "object") throw new RangeError("is a list or an object; let the path lead to one value");
  let value: string | number | boolean = typeof raw === "string" ? raw.trim() : raw;
  if (rule.regex !== undefined) {
    const found = findByRegex(rule.regex, String(value));
    if (found === null) throw new RangeError("does not match the regex");
    value = found;
  }
  if (rule.take !== undefined) value = takeDigits(String(value), rule.take);
  if (rule.map !== undefined) {
    const key = Object.hasOwn(rule.map, String(value)) ? String(value) : "*";
    const mapped = Object.hasOwn(rule.map, key) ? rule.map[key] : undefined;
    if (mapped === undefined) throw new RangeError("is not in the map; add it, or `*` for all others");
    value = mapped;
  }
  return convert(value, rule, {
    locale,
    decimal: typeof raw === "number" ? "." : (rule.decimal ?? decimalMarkOf(locale)),
  });
}

/** `json $.items[0].number, take last4`: what the author wrote, so that he finds it. */
function wordsOf(rule: ReadRule): string {
  return (["json", "css", "cell", "attr", "regex", "take", "as"] as const)
    .filter((key) => rule[key] !== undefined)
    .map((key) => `${key} ${String(rule[key]).slice(0, maxRuleWords)}`)
    .join(", ");
}

/** Numbers that a float cannot hold stay as they are written: an account's number must not change its last digits. */
function parseJson(body: string): Json {
  const keepLong = (_key: string, value: Json, context?: { source?: string }): Json => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || source === String(value)) return value;
    return source.replace(/\D/g, "").length > exactDigits ? source : value;
  };
  try {
    // Some servers begin with a byte order mark, which is no JSON.
    const text = body.replace(/^\uFEFF/, "");
    return JSON.parse(text, longNumber.test(text) ? keepLong : undefined) as Json;
  } catch {
    throw new ReadError("response", "is not JSON");
  }
}

function takeDigits(text: string, take: string): string {
  const digits = text.replace(/\D/g, "");
  const [, end, count] = /^(first|last)(\d+)$/.exec(take) ?? [];
  if (digits.length < Number(count ?? 1)) throw new RangeError("has too few digits");
  if (end === undefined) return digits;
  return end === "first" ? digits.slice(0, Number(count)) : digits.slice(-Number(count));
}

function convert(
  value: string | number | boolean,
  rule: ReadRule,
  { locale, decimal }: { locale: string | undefined; decimal: "." | "," | undefined },
): Json {
  switch (rule.as) {
    case undefined:
      return value;
    case "text":
      return String(value).replace(/\s+/g, " ").trim();
    case "date":
      return parseDate(String(value), { format: rule.format, locale });
    case "money":
      return { ...parseMoney(String(value), { decimal, currency: rule.currency }) };
    case "integer": {
      const number = parseNumber(String(value), decimal);
      if (!Number.isInteger(number)) throw new RangeError("not an integer");
      return number;
    }
    case "number":
      return parseNumber(String(value), decimal);
    case "boolean": {
      if (/^(true|yes|1)$/i.test(String(value))) return true;
      if (/^(false|no|0)$/i.test(String(value))) return false;
      throw new RangeError("neither true nor false");
    }
    default:
      return rule.as satisfies never;
  }
}

function parseNumber(text: string, decimal: "." | "," | undefined): number {
  const [, sign = "", digits] = /^([+\-\u2212]?) ?(\d(?:[\d.,' \u00a0\u202f\u2019]*\d)?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) throw new RangeError("not a number");
  const plain = parseDecimal(digits.replace(/\s/g, " "), { decimal });
  if (plain.replace(".", "").length > exactDigits) throw new RangeError("a number with too many digits to be exact");
  const number = Number(plain);
  return sign === "" || sign === "+" || number === 0 ? number : -number;
}

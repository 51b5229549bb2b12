import type { Json } from "@attestream/shared";
import { parseDate } from "./date.ts";
import { readJsonPath } from "./json-path.ts";
import { parseMoney } from "./money.ts";
import type { ReadRule } from "./read-rule.ts";
import { findByRegex } from "./text-pattern.ts";

/** The value could not be read. The message names the field and the reason, never the value. */
export class ReadError extends Error {
  override readonly name = "ReadError";
  readonly field: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.field = field;
  }
}

/** All fields of a JSON response. Throws a ReadError. */
export function readJsonFields(body: string, rules: Record<string, ReadRule>): Record<string, Json> {
  let document: Json;
  try {
    document = JSON.parse(body) as Json;
  } catch {
    throw new ReadError("response", "is not JSON");
  }
  return readFields(rules, (rule) => (rule.json === undefined ? undefined : readJsonPath(document, rule.json)));
}

/** All fields, each raw value taken from `source`. Optional fields that are missing are left out. Throws a ReadError. */
export function readFields(
  rules: Record<string, ReadRule>,
  source: (rule: ReadRule, field: string) => Json | undefined,
): Record<string, Json> {
  const entries: [string, Json][] = [];
  for (const [field, rule] of Object.entries(rules)) {
    try {
      const raw = source(rule, field);
      if (raw !== undefined && raw !== null && raw !== "") {
        entries.push([field, shapeValue(raw, rule)]);
        continue;
      }
    } catch (error) {
      // Parsers throw RangeErrors with a reason that holds nothing of the text.
      if (rule.optional !== true)
        throw new ReadError(field, error instanceof RangeError ? error.message : "cannot be read");
      continue;
    }
    if (rule.optional !== true) throw new ReadError(field, "is not there");
  }
  return Object.fromEntries(entries);
}

/** Applies regex, take, map and as. Throws a RangeError. */
export function shapeValue(raw: Json, rule: ReadRule): Json {
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
  return convert(value, rule);
}

function takeDigits(text: string, take: string): string {
  const digits = text.replace(/\D/g, "");
  const [, end, count] = /^(first|last)(\d+)$/.exec(take) ?? [];
  if (digits.length < Number(count ?? 1)) throw new RangeError("has too few digits");
  if (end === undefined) return digits;
  return end === "first" ? digits.slice(0, Number(count)) : digits.slice(-Number(count));
}

function convert(value: string | number | boolean, rule: ReadRule): Json {
  switch (rule.as) {
    case undefined:
      return value;
    case "text":
      return String(value).replace(/\s+/g, " ").trim();
    case "date":
      return parseDate(String(value), rule.format);
    case "money":
      return { ...parseMoney(String(value), { decimal: rule.decimal, currency: rule.currency }) };
    case "integer": {
      if (!/^[+-]?\d{1,15}$/.test(String(value))) throw new RangeError("not an integer");
      return Number(value);
    }
    case "number": {
      if (!/^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(String(value))) throw new RangeError("not a number");
      return Number(value);
    }
    case "boolean": {
      if (/^(true|yes|1)$/i.test(String(value))) return true;
      if (/^(false|no|0)$/i.test(String(value))) return false;
      throw new RangeError("neither true nor false");
    }
    default:
      return rule.as satisfies never;
  }
}

import type { ExtractedData, Json } from "@attestream/shared";
import { ZeroKnowledgeRefused } from "./refusals.ts";
import { canonicalDecimal, signedDate, signedDecimal } from "./scaled-number.ts";
import { fieldNameSchema, maxFields, type Field } from "./vocabulary.ts";

/** Enough for every currency. The same for all, because a number of its own would tell of the value. */
export const defaultDecimals = 4;
const maxDepth = 6;
const amountPattern = /^-?\d+(?:\.\d+)?$/;

export interface ListedField {
  field: Field;
  value: Json;
}

/**
 * Takes extracted data apart into what is signed one by one, sorted by name: the members of objects by dot path,
 * a list as one text, so that its length stays hidden. An amount of money is a number beside its currency. A number
 * with more digits than fit is a text.
 */
export function listFields(data: ExtractedData, decimals: Readonly<Record<string, number>> = {}): ListedField[] {
  const listed = new Map<string, ListedField>();

  function add(name: string, value: Json, isAmount: boolean): void {
    if (!fieldNameSchema.safeParse(name).success || listed.has(name))
      throw new ZeroKnowledgeRefused("field_ambiguous", `Look at ${JSON.stringify(name.slice(0, 100))}.`);
    if (listed.size === maxFields) throw new ZeroKnowledgeRefused("too_many_fields", `At most ${maxFields}.`);
    const own = Object.hasOwn(decimals, name) ? (decimals[name] ?? defaultDecimals) : defaultDecimals;
    listed.set(name, shape(name, value, isAmount, own));
  }

  function walk(prefix: string, value: Json, depth: number): void {
    if (!isObject(value) || depth > maxDepth || Object.keys(value).length === 0) return add(prefix, value, false);
    const isMoney = Object.keys(value).every((key) => key === "amount" || key === "currency");
    for (const [key, member] of Object.entries(value)) {
      if (isMoney && key === "amount") add(`${prefix}.${key}`, member, true);
      else walk(`${prefix}.${key}`, member, depth + 1);
    }
  }

  for (const [name, value] of Object.entries(data)) walk(name, value, 1);
  if (listed.size === 0) throw new ZeroKnowledgeRefused("no_fields");
  return [...listed.values()].toSorted((a, b) => (a.field.name < b.field.name ? -1 : 1));
}

function shape(name: string, value: Json, isAmount: boolean, decimals: number): ListedField {
  const decimal = decimalOf(value, isAmount);
  if (decimal !== null && signedDecimal(decimal, decimals) !== null)
    return { field: { name, kind: "number", decimals }, value: decimal };
  if (typeof value === "string" && signedDate(value) !== null) return { field: { name, kind: "date" }, value };
  return { field: { name, kind: "text" }, value };
}

/** Only amounts are numbers in strings: an account's number is a name made of digits. */
function decimalOf(value: Json, isAmount: boolean): string | null {
  if (typeof value === "number") return canonicalDecimal(String(value));
  return isAmount && typeof value === "string" && amountPattern.test(value) ? canonicalDecimal(value) : null;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

import type { Json } from "@attestream/shared";
import { ZeroKnowledgeRefused } from "./refusals.ts";
import { boundOf, findField } from "./resolve-ranges.ts";
import { canonicalDecimal } from "./scaled-number.ts";
import type { CredentialHeader, Field, Predicate, Range } from "./vocabulary.ts";

export interface PresentationPlan {
  /** At most one for a field, none for a field that is revealed: what several predicates leave. */
  ranges: Range[];
  reveal: { field: Field; index: number }[];
  /** Field name -> the value that it must have, as credentials write it. */
  equal: Map<string, Json>;
}

/** Turns predicates into ranges and revealed fields. Throws ZeroKnowledgeRefused for what the credential's fields cannot answer. */
export function plan(
  header: CredentialHeader,
  predicates: readonly Predicate[],
  revealed: readonly string[],
): PresentationPlan {
  if (predicates.length === 0 && revealed.length === 0) throw new ZeroKnowledgeRefused("nothing_asked");
  const reveal = new Map(revealed.map((name) => [name, findField(header, name)]));
  const ranges = new Map<string, Range>();
  const equal = new Map<string, Json>();
  for (const predicate of predicates) {
    const found = findField(header, predicate.field);
    if (predicate.is === "==") {
      reveal.set(predicate.field, found);
      equal.set(predicate.field, writtenAs(found.field, predicate.value));
      continue;
    }
    ranges.set(predicate.field, narrowed(found.field, ranges.get(predicate.field), predicate));
    const currency = currencyOf(header, predicate.field);
    if (currency !== undefined) reveal.set(currency, findField(header, currency));
  }
  return {
    ranges: [...ranges.values()].toSorted((a, b) => (a.field < b.field ? -1 : 1)),
    reveal: [...reveal.values()].toSorted((a, b) => a.index - b.index),
    equal,
  };
}

/** An amount says little without its currency, which is shown with it. */
function currencyOf(header: CredentialHeader, name: string): string | undefined {
  if (!name.endsWith(".amount")) return undefined;
  const currency = `${name.slice(0, -"amount".length)}currency`;
  return header.fields.find((field) => field.name === currency)?.name;
}

/** A bound or an expected value as credentials write it. */
export function writtenAs(field: Field, value: string | number | boolean): Json {
  if (field.kind === "text") return value;
  return canonicalBound(field, value);
}

function canonicalBound(field: Field, value: string | number | boolean): string {
  const text = field.kind === "number" ? (canonicalDecimal(String(value)) ?? String(value)) : String(value);
  boundOf(field, text);
  return text;
}

function narrowed(field: Field, range: Range | undefined, predicate: Exclude<Predicate, { is: "==" }>): Range {
  const least = predicate.is === ">=" ? predicate.value : predicate.is === "in range" ? predicate.min : undefined;
  const most = predicate.is === "<=" ? predicate.value : predicate.is === "in range" ? predicate.max : undefined;
  const pick = (a: string | undefined, b: string | undefined, isBetter: (a: number, b: number) => boolean) => {
    if (a === undefined || b === undefined) return a ?? b;
    return isBetter(boundOf(field, a), boundOf(field, b)) ? a : b;
  };
  const min = pick(range?.min, least === undefined ? undefined : canonicalBound(field, least), (a, b) => a > b);
  const max = pick(range?.max, most === undefined ? undefined : canonicalBound(field, most), (a, b) => a < b);
  return { field: field.name, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

import type { Disclosure, ExtractedData, Json } from "@attestream/shared";
import { answerPredicate } from "./answer-predicate.ts";

/**
 * What of the data may leave. A field that is not there is left out, and so is a predicate about one
 * (but for `present`). Throws a DisclosureError where a value has not the form that is asked about.
 */
export function applyDisclosure(data: ExtractedData, disclosure: Disclosure): ExtractedData {
  if (disclosure === "full") return data;
  if ("fields" in disclosure) {
    return Object.fromEntries(disclosure.fields.flatMap((name) => own(data, name)));
  }
  return Object.fromEntries(
    disclosure.predicates.flatMap((predicate) => {
      const answer = answerPredicate(predicate, valueAt(data, predicate.field));
      return answer === undefined ? [] : [[predicate.name, answer] as const];
    }),
  );
}

/** What of a disclosure speaks of these fields, for who holds them alone; null when nothing does. */
export function narrowDisclosure(disclosure: Disclosure, fields: readonly string[]): Disclosure | null {
  if (disclosure === "full") return disclosure;
  const here = new Set(fields);
  if ("fields" in disclosure) {
    const left = disclosure.fields.filter((name) => here.has(name));
    return left.length === 0 ? null : { fields: left };
  }
  const left = disclosure.predicates.filter(({ field }) => here.has(rootOf(field)));
  return left.length === 0 ? null : { predicates: left };
}

/** The first name in the data that was not asked for; null when there is none. */
export function findExcess(data: ExtractedData, disclosure: Disclosure): string | null {
  if (disclosure === "full") return null;
  if ("fields" in disclosure) {
    const asked = new Set(disclosure.fields);
    return Object.keys(data).find((name) => !asked.has(name)) ?? null;
  }
  const asked = new Set(disclosure.predicates.map(({ name }) => name));
  return Object.entries(data).find(([name, value]) => !asked.has(name) || typeof value !== "boolean")?.[0] ?? null;
}

/** `balance.amount` is about the field `balance`. */
export function rootOf(path: string): string {
  return path.split(".", 1)[0] ?? path;
}

function own(data: ExtractedData, name: string): [string, Json][] {
  const value = Object.hasOwn(data, name) ? data[name] : undefined;
  return value === undefined ? [] : [[name, value]];
}

function valueAt(data: ExtractedData, path: string): Json | undefined {
  let value: Json | undefined = data;
  for (const step of path.split(".")) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return undefined;
    value = Array.isArray(value) ? value[Number(step)] : value[step];
  }
  return value;
}

import type { Disclosure, Predicate } from "@attestream/shared";
import { parseDecimal } from "./decimal.ts";

/** What a field holds, as far as its platform tells: `value` is one text, number or boolean. */
export type FieldShape = "value" | "date" | "money" | { list: FieldShapes };
export type FieldShapes = ReadonlyMap<string, FieldShape>;

export interface DisclosureProblem {
  /** Into the disclosure: `predicates.0.field`. */
  path: string;
  message: string;
}

const moneyMembers = new Set(["amount", "currency"]);
const isoDate = /^\d{4}-\d{2}-\d{2}$/;

/** Why a disclosure asks for what these fields cannot give; null when they can. */
export function checkDisclosure(disclosure: Disclosure, fields: FieldShapes): DisclosureProblem | null {
  if (disclosure === "full") return null;
  if ("fields" in disclosure) {
    for (const [index, name] of disclosure.fields.entries()) {
      if (!fields.has(name)) return { path: `fields.${index}`, message: unknownField(name, fields) };
    }
    return null;
  }
  for (const [index, predicate] of disclosure.predicates.entries()) {
    const problem = problemOf(predicate, fields);
    if (problem !== null) return { path: `predicates.${index}.${problem.member}`, message: problem.message };
  }
  return null;
}

function problemOf(
  { field, is, value }: Predicate,
  fields: FieldShapes,
): { member: "field" | "value"; message: string } | null {
  const found = shapeAt(field, fields);
  if ("problem" in found) return { member: "field", message: found.problem };
  if (is === "present") return null;
  const { shape } = found;
  if (shape === "money")
    return { member: "field", message: `"${field}" is an amount with its currency; ask about "${field}.amount"` };
  if (typeof shape === "object")
    return { member: "field", message: `"${field}" is a list; ask about one entry, for example "${field}.0.…"` };
  const isOrder = is !== "==" && is !== "!=" && is !== "in";
  if (shape === "amount" && isOrder && parseDecimal(value) === null)
    return { member: "value", message: `"${field}" is an amount; compare it with one, for example 1500 or "1500.00"` };
  if (shape === "date" && isOrder && !(typeof value === "string" && isoDate.test(value)))
    return { member: "value", message: `"${field}" is a date; compare it with one, for example "2026-03-24"` };
  return null;
}

type Found = { shape: FieldShape | "amount" } | { problem: string };

function shapeAt(path: string, fields: FieldShapes): Found {
  const [root = "", ...steps] = path.split(".");
  let shape: FieldShape | undefined = fields.get(root);
  if (shape === undefined) return { problem: unknownField(root, fields) };
  let said = root;
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    if (shape === "money" && moneyMembers.has(step) && steps.length === 0)
      return { shape: step === "amount" ? "amount" : "value" };
    if (shape === "money") return { problem: `"${said}" has amount and currency, not "${step}"` };
    if (shape === "value" || shape === "date") return { problem: `"${said}" is one value; nothing stands in it` };
    const column = steps.shift();
    if (!/^\d+$/.test(step)) return { problem: `"${said}" is a list; write the entry's number first, from 0` };
    said = `${said}.${step}`;
    if (column === undefined) return { problem: `"${said}" is an entry of several values; name one of them` };
    const { list }: { list: FieldShapes } = shape;
    shape = list.get(column);
    if (shape === undefined) return { problem: `"${said}": ${unknownField(column, list)}` };
    said = `${said}.${column}`;
  }
  return { shape };
}

function unknownField(name: string, fields: FieldShapes): string {
  return `there is no field "${name}"; there are ${[...fields.keys()].join(", ")}`;
}

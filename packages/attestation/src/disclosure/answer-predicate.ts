import type { Json, Predicate } from "@attestream/shared";
import { compareDecimals, parseDecimal } from "./decimal.ts";
import { DisclosureError } from "./disclosure-error.ts";

const isoDate = /^\d{4}-\d{2}-\d{2}$/;

/** True or false; undefined where there is no value that could be asked about: to answer no would be a claim. */
export function answerPredicate(predicate: Predicate, actual: Json | undefined): boolean | undefined {
  const { is, value, field } = predicate;
  const isThere = actual !== undefined && actual !== null;
  if (is === "present") return isThere;
  if (!isThere) return undefined;
  if (typeof actual === "object")
    throw new DisclosureError(field, "is a list or an object; name one value in it, for example balance.amount");
  switch (is) {
    case "in":
      return Array.isArray(value) && value.some((one) => isEqual(actual, one));
    case "==":
      return isEqual(actual, value);
    case "!=":
      return !isEqual(actual, value);
    case ">=":
      return order(actual, value, predicate) >= 0;
    case "<=":
      return order(actual, value, predicate) <= 0;
    case ">":
      return order(actual, value, predicate) > 0;
    case "<":
      return order(actual, value, predicate) < 0;
    default:
      return is satisfies never;
  }
}

/** A number asks for the amount ("10.50" is 10.5); a text asks for the very characters. */
function isEqual(actual: string | number | boolean, asked: Predicate["value"]): boolean {
  if (typeof asked !== "number") return (typeof actual === "number" ? String(actual) : actual) === asked;
  const [left, right] = [parseDecimal(actual), parseDecimal(asked)];
  return left !== null && right !== null && compareDecimals(left, right) === 0;
}

function order(actual: string | number | boolean, asked: Predicate["value"], { field, is }: Predicate): number {
  const [left, right] = [parseDecimal(actual), parseDecimal(asked)];
  if (left && right) return compareDecimals(left, right);
  if (isDate(actual) && isDate(asked)) return actual < asked ? -1 : actual > asked ? 1 : 0;
  throw new DisclosureError(field, `cannot be compared by ${is}: both must be amounts, or both dates like 2026-03-24`);
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && isoDate.test(value);
}

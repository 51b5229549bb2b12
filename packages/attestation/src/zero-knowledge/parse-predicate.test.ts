import { expect, it } from "vitest";
import { parsePredicate } from "./parse-predicate.ts";

it.each([
  ["balance.amount >= 1500", { field: "balance.amount", is: ">=", value: "1500" }],
  ["balance.amount<=-9.50", { field: "balance.amount", is: "<=", value: "-9.50" }],
  ["since in 2015-01-01..2024-12-31", { field: "since", is: "in range", min: "2015-01-01", max: "2024-12-31" }],
  ['name == "Jane Roe"', { field: "name", is: "==", value: "Jane Roe" }],
  ["currency == EUR", { field: "currency", is: "==", value: "EUR" }],
  ["active == true", { field: "active", is: "==", value: true }],
  ['active == "true"', { field: "active", is: "==", value: "true" }],
])("%s", (text, predicate) => expect(parsePredicate(text)).toEqual(predicate));

it.each(["", "balance", "balance > 3", "balance >=", ">= 3", "since in 2015-01-01"])("%j is none", (text) =>
  expect(() => parsePredicate(text)).toThrow(expect.objectContaining({ code: "predicate_malformed" })),
);

import { expect, test } from "vitest";
import { checkDisclosure, type FieldShape } from "./check-disclosure.ts";

const fields = new Map<string, FieldShape>([
  ["accountHolder", "value"],
  ["since", "date"],
  ["balance", "money"],
  [
    "statements",
    {
      list: new Map<string, FieldShape>([
        ["date", "date"],
        ["balance", "money"],
      ]),
    },
  ],
]);

const ask = (field: string, is: ">=" | "==" | "present" = "==", value: string | number = 1) =>
  checkDisclosure({ predicates: [{ name: "a", field, is, ...(is === "present" ? {} : { value }) }] }, fields);

test("what the platform gives may be asked for", () => {
  expect(checkDisclosure("full", fields)).toBeNull();
  expect(checkDisclosure({ fields: ["balance", "statements"] }, fields)).toBeNull();
  for (const [field, is, value] of [
    ["accountHolder", ">=", 18],
    ["since", ">=", "2026-03-24"],
    ["balance.amount", ">=", 1500],
    ["balance.currency", "==", "EUR"],
    ["statements.0.balance.amount", ">=", "10.00"],
    ["statements.0.date", ">=", "2026-03-24"],
  ] as const)
    expect(ask(field, is, value)).toBeNull();
  expect(ask("balance", "present")).toBeNull();
});

test.each([
  ["income", "==", 1, "field", 'no field "income"; there are accountHolder, since, balance, statements'],
  ["balance", ">=", 1, "field", '"balance.amount"'],
  ["balance.size", ">=", 1, "field", "amount and currency"],
  ["since.year", ">=", 1, "field", "one value"],
  ["statements", "==", 1, "field", "is a list"],
  ["statements.date", "==", 1, "field", "entry's number first"],
  ["statements.0", "==", 1, "field", "several values"],
  ["statements.0.payee", "==", 1, "field", 'no field "payee"; there are date, balance'],
  ["balance.amount", ">=", "much", "value", "compare it with one"],
  ["since", ">=", 2026, "value", "2026-03-24"],
] as const)("%s %s %j is refused at its %s", (field, is, value, member, told) => {
  const problem = ask(field, is, value);
  expect(problem?.path).toBe(`predicates.0.${member}`);
  expect(problem?.message).toContain(told);
});

test("a field that is not there is named with its place", () => {
  expect(checkDisclosure({ fields: ["balance", "income"] }, fields)).toMatchObject({
    path: "fields.1",
    message: expect.stringContaining('"income"'),
  });
});

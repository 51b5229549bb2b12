import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { disclosureSchema, predicateOperators, type Predicate } from "@attestream/shared";
import { applyDisclosure, findExcess, narrowDisclosure } from "./apply-disclosure.ts";
import { DisclosureError } from "./disclosure-error.ts";

const data = {
  accountHolder: "Jane Roe",
  age: 42,
  isOpen: true,
  since: "2019-05-04",
  balance: { amount: "1250.50", currency: "EUR" },
  statements: [{ date: "2026-02-01", balance: { amount: "-3.00" } }],
  nothing: null,
};

const ask = (field: string, is: Predicate["is"], value?: Predicate["value"]) =>
  applyDisclosure(data, { predicates: [{ name: "answer", field, is, ...(value === undefined ? {} : { value }) }] })[
    "answer"
  ];

test("all of the data, or the fields that were named and are there", () => {
  expect(applyDisclosure(data, "full")).toEqual(data);
  expect(applyDisclosure(data, { fields: ["age", "absent"] })).toEqual({ age: 42 });
  expect(applyDisclosure({}, { fields: ["toString", "constructor"] })).toEqual({});
});

describe("a predicate", () => {
  test.each([
    ["balance.amount", ">=", 1250.5, true],
    ["balance.amount", ">", 1250.5, false],
    ["balance.amount", ">", "1250.49", true],
    ["balance.amount", "==", 1250.5, true],
    // A text asks for the very characters.
    ["balance.amount", "==", "1250.5", false],
    ["balance.amount", "<", 1e21, true],
    ["balance.currency", "in", ["EUR", "GBP"], true],
    ["balance.currency", "!=", "EUR", false],
    ["statements.0.balance.amount", "<", 0, true],
    ["statements.0.date", "<=", "2026-02-01", true],
    ["since", "<", "2020-01-01", true],
    ["age", "in", [1, 42], true],
    ["age", "==", "42", true],
    ["isOpen", "==", true, true],
    ["isOpen", "==", "true", false],
    ["accountHolder", "present", undefined, true],
    ["balance", "present", undefined, true],
    ["absent", "present", undefined, false],
    ["nothing", "present", undefined, false],
  ] as const)("%s %s %j is %j", (field, is, value, answer) => {
    expect(
      ask(field, is, value === undefined ? undefined : [value].flat().length > 1 ? [value].flat() : (value as never)),
    ).toBe(answer);
  });

  test("about what is not there is left out: to answer no would be a claim", () => {
    for (const field of ["absent", "nothing", "statements.7.date", "age.amount", "balance.length", "statements.length"])
      expect(applyDisclosure(data, { predicates: [{ name: "a", field, is: ">=", value: 1 }] })).toEqual({});
  });

  test("about what cannot be compared is refused, naming the field and no value", () => {
    for (const [field, is, value] of [
      ["accountHolder", ">=", 5],
      ["since", ">", 5],
      ["balance.amount", "<", "2026-01-01"],
      ["isOpen", "<=", 1],
      ["balance", "==", "EUR"],
      ["statements", ">=", 1],
    ] as const) {
      const told = () => ask(field, is, value);
      expect(told).toThrow(DisclosureError);
      expect(told).toThrow(new RegExp(`^${field} `));
      expect(told).not.toThrow(/Jane|1250|2019/);
    }
  });

  test("compares amounts exactly, where a float would not", () => {
    const cents = { a: { amount: "9007199254740993.01" } };
    const answer = applyDisclosure(cents, {
      predicates: [{ name: "more", field: "a.amount", is: ">", value: "9007199254740993.00" }],
    });
    expect(answer).toEqual({ more: true });
  });

  test("agrees with whole numbers on every order", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.boolean(), (a, b, asText) => {
        const answers = applyDisclosure(
          { x: asText ? `${a}.0` : a },
          {
            predicates: predicateOperators
              .filter((is) => is !== "in" && is !== "present")
              .map((is, n) => ({ name: `p${n}`, field: "x", is, value: b })),
          },
        );
        expect(Object.values(answers)).toEqual([a >= b, a <= b, a > b, a < b, a === b, a !== b]);
      }),
    );
  });
});

describe("whatever the data", () => {
  const name = fc.stringMatching(/^[a-c]{1,2}$/);
  const someData = fc.dictionary(name, fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)));
  const fields = fc.uniqueArray(name, { minLength: 1, maxLength: 4 }).map((names) => ({ fields: names }));
  const predicates = fc
    .uniqueArray(fc.record({ name, field: name, is: fc.constant("present" as const) }), {
      minLength: 1,
      maxLength: 4,
      selector: (predicate) => predicate.name,
    })
    .map((list) => ({ predicates: list }));

  test("nothing leaves that was not asked for, and twice is as once", () => {
    fc.assert(
      fc.property(someData, fc.oneof(fields, predicates, fc.constant("full" as const)), (given, disclosure) => {
        expect(disclosureSchema.safeParse(disclosure).success).toBe(true);
        const told = applyDisclosure(given, disclosure);
        expect(findExcess(told, disclosure)).toBeNull();
        if (disclosure !== "full" && "predicates" in disclosure)
          for (const value of Object.values(told)) expect(typeof value).toBe("boolean");
        else expect(applyDisclosure(told, disclosure)).toEqual(told);
      }),
    );
  });

  test("parts answer together what the whole answers", () => {
    fc.assert(
      fc.property(someData, fc.oneof(fields, predicates), (given, disclosure) => {
        const names = ["a", "b", "c"].flatMap((x) => [x, ...["a", "b", "c"].map((y) => x + y)]);
        const answers = [names.slice(0, 6), names.slice(6)].map((own) => {
          const narrow = narrowDisclosure(disclosure, own);
          const part = Object.fromEntries(Object.entries(given).filter(([field]) => own.includes(field)));
          return narrow === null ? {} : applyDisclosure(part, narrow);
        });
        expect(Object.assign({}, ...answers)).toEqual(applyDisclosure(given, disclosure));
      }),
    );
  });
});

test("what was not asked for is named", () => {
  expect(findExcess({ a: 1, b: 2 }, { fields: ["a"] })).toBe("b");
  expect(findExcess({ p: true, q: true }, { predicates: [{ name: "p", field: "a", is: "present" }] })).toBe("q");
  expect(findExcess({ p: "Jane" }, { predicates: [{ name: "p", field: "a", is: "present" }] })).toBe("p");
  expect(findExcess({ a: 1 }, "full")).toBeNull();
});

import { expect, it } from "vitest";
import { listFields } from "./list-fields.ts";
import { maxFields } from "./vocabulary.ts";

const kinds = (data: Parameters<typeof listFields>[0], decimals?: Record<string, number>) =>
  Object.fromEntries(
    listFields(data, decimals).map(({ field, value }) => [
      `${field.name}:${field.kind}${field.kind === "number" ? field.decimals : ""}`,
      value,
    ]),
  );

it("amounts and numbers can be compared, dates too, digits in a text cannot", () => {
  expect(
    kinds({
      accountHolder: "Jane Roe",
      lastFourDigits: "0123",
      balance: { amount: "1250.50", currency: "EUR" },
      debt: { amount: -3, currency: "EUR" },
      since: "2019-04-01",
      rating: 4.87,
      trips: 1200,
      active: true,
      closed: null,
      transactions: [{ amount: { amount: "1" } }],
      vehicle: { make: "Roe", year: 2019, paid: { amount: "9.90" } },
    }),
  ).toEqual({
    "accountHolder:text": "Jane Roe",
    "lastFourDigits:text": "0123",
    "balance.amount:number4": "1250.5",
    "balance.currency:text": "EUR",
    "debt.amount:number4": "-3",
    "debt.currency:text": "EUR",
    "since:date": "2019-04-01",
    "rating:number4": "4.87",
    "trips:number4": "1200",
    "active:text": true,
    "closed:text": null,
    "transactions:text": [{ amount: { amount: "1" } }],
    "vehicle.make:text": "Roe",
    "vehicle.year:number4": "2019",
    "vehicle.paid.amount:number4": "9.9",
  });
});

it("what a number cannot hold stays a text; decimals can be declared", () => {
  expect(kinds({ tiny: 1e-7, fine: 0.12345, big: 1e21, wei: { amount: "1.123456789" } })).toEqual({
    "tiny:text": 1e-7,
    "fine:text": 0.12345,
    "big:text": 1e21,
    "wei.amount:text": "1.123456789",
  });
  expect(kinds({ fine: 0.12345 }, { fine: 6 })).toEqual({ "fine:number6": "0.12345" });
});

it("refuses what has no unambiguous form, by name", () => {
  expect(() => listFields({})).toThrow(expect.objectContaining({ code: "no_fields" }));
  expect(() => listFields({ "a.b": 1, a: { b: 2 } })).toThrow(expect.objectContaining({ code: "field_ambiguous" }));
  const many = Object.fromEntries(Array.from({ length: maxFields + 1 }, (_, index) => [`f${index}`, index]));
  expect(() => listFields(many)).toThrow(expect.objectContaining({ code: "too_many_fields" }));
});

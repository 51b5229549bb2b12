import { describe, expect, it } from "vitest";
import { findMisfits } from "./find-misfits.ts";

const good = {
  accountHolder: "Jane Doe",
  accountType: "checking",
  lastFourDigits: "1234",
  statements: [{ date: "2026-01-31", balance: { amount: "-10.50", currency: "USD" } }],
  branch: "the platform's own field",
};
const none = new Set<string>();

describe("bank-account@1", () => {
  it("takes what it describes, and fields beside it", () => {
    expect(findMisfits("bank-account@1", good, none)).toEqual([]);
  });

  it.each([
    ["an account type of the bank's own", { ...good, accountType: "CHK" }, ["accountType"]],
    ["five digits", { ...good, lastFourDigits: "12345" }, ["lastFourDigits"]],
    ["a number for digits", { ...good, lastFourDigits: 1234 }, ["lastFourDigits"]],
    ["an empty name", { ...good, accountHolder: "" }, ["accountHolder"]],
    ["a date as the site writes it", { ...good, statements: [{ date: "31.01.2026" }] }, ["statements.0.date"]],
    ["a day that does not exist", { ...good, statements: [{ date: "2026-02-30" }] }, ["statements.0.date"]],
    ["an amount that is a number", { ...good, balance: { amount: 10.5 } }, ["balance.amount"]],
    ["nothing at all", {}, ["accountHolder", "accountType", "lastFourDigits"]],
  ])("names %s by its path alone", (_what, data, misfits) => {
    expect(findMisfits("bank-account@1", data, none)).toEqual(misfits);
  });

  it("excuses what a failed part left out, but not what it would get wrong", () => {
    const { accountType: _, ...rest } = good;
    expect(findMisfits("bank-account@1", rest, new Set(["accountType"]))).toEqual([]);
    expect(findMisfits("bank-account@1", { ...rest, accountType: "CHK" }, new Set(["accountType"]))).toEqual([
      "accountType",
    ]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDecimal, highestSigned, signedDate, signedDecimal } from "./scaled-number.ts";

describe("decimals", () => {
  it("keep their order, whatever their signs and places", () => {
    const scaled = fc.integer({ min: -(2 ** 51), max: 2 ** 51 - 1 });
    fc.assert(
      fc.property(scaled, scaled, fc.integer({ min: 0, max: 8 }), (a, b, decimals) => {
        const write = (value: number) => {
          const digits = String(Math.abs(value)).padStart(decimals + 1, "0");
          const text =
            decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(digits.length - decimals)}`;
          return value < 0 ? `-${text}` : text;
        };
        const [first, second] = [signedDecimal(write(a), decimals), signedDecimal(write(b), decimals)];
        expect(Math.sign((first ?? Number.NaN) - (second ?? Number.NaN))).toBe(Math.sign(a - b));
        // Another spelling is the same number, and the canonical one is one.
        const canonical = canonicalDecimal(write(a)) ?? "";
        expect(canonicalDecimal(`${write(a)}${decimals === 0 ? ".0" : "0"}`)).toBe(canonical);
        expect(signedDecimal(canonical, decimals)).toBe(first);
      }),
    );
  });

  it.each([
    ["-0.00", "0"],
    ["007.50", "7.5"],
    ["-12.340", "-12.34"],
    ["1e3", null],
    ["", null],
    ["1.", null],
    [".5", null],
    ["+1", null],
    ["1,5", null],
  ])("%s is written %s", (text, canonical) => expect(canonicalDecimal(text)).toBe(canonical));

  it("that do not fit are none", () => {
    expect(signedDecimal("0.00001", 4)).toBeNull();
    expect(signedDecimal("225179981368.5247", 4)).toBe(highestSigned);
    expect(signedDecimal("225179981368.5248", 4)).toBeNull();
    expect(signedDecimal("-225179981368.5248", 4)).toBe(0);
    expect(signedDecimal("-225179981368.5249", 4)).toBeNull();
    expect(signedDecimal("99999999999999999999999999", 0)).toBeNull();
  });
});

describe("dates", () => {
  it("are days in a row", () => {
    expect((signedDate("2024-03-01") ?? 0) - (signedDate("2024-02-28") ?? 0)).toBe(2);
    expect((signedDate("1970-01-01") ?? 0) - (signedDate("1969-12-31") ?? 0)).toBe(1);
  });

  it.each(["2026-02-30", "2026-13-01", "24.03.2026", "2026-03-24T00:00:00Z", "26-03-24", "", "0000-00-00"])(
    "%s is none",
    (text) => expect(signedDate(text)).toBeNull(),
  );
});

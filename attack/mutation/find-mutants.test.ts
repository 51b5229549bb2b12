import { expect, it } from "vitest";
import { applyMutant, findMutants } from "./find-mutants.ts";

const changed = (source: string) => findMutants("x.ts", source).map((mutant) => applyMutant(source, mutant));

it("changes operators, conditions, literals, and leaves steps out", () => {
  expect(changed("const x = a === b;")).toEqual(["const x = (a) !== (b);"]);
  expect(changed("const x = !a;")).toEqual(["const x = (a);"]);
  expect(changed("if (a) b();")).toEqual(["if (true) b();", "if (false) b();", "if (a) ;"]);
  expect(changed("const x = [1, true];")).toEqual(["const x = [];", "const x = [2, true];", "const x = [1, false];"]);
});

it("leaves types, imports and words of errors alone", () => {
  expect(changed('import a from "a"; type A = "b" | 1; interface B { c: "d" } const e: "f" = g as "h";')).toEqual([]);
  expect(changed('throw new Error("why");')).toEqual([]);
});

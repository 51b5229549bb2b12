import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { allChecks } from "./all-checks.ts";
import { vectorNames } from "./egress/vector-names.ts";
import type { Patch } from "./report/check.ts";
import { applyPatch } from "./system/apply-patch.ts";
import { repository } from "./system/copy-product.ts";

const holes = allChecks.flatMap(({ name, figures, holes: own }) => own.map((hole) => ({ check: name, figures, hole })));
const comparisons = allChecks.flatMap(({ name, compared }) => (compared ? [{ check: name, compared }] : []));

it.each(holes)("$check: $hole.name can be planted in the sources as they are", ({ figures, hole }) => {
  expect(figures.map(({ name }) => name)).toContain(hole.figure);
  plant(hole.patches);
});

it.each(comparisons)("$check: what it compares with can be made of the sources as they are", ({ compared }) => {
  plant(compared);
});

function plant(patches: readonly Patch[]): void {
  const sources = new Map<string, string>();
  for (const patch of patches) {
    const source = sources.get(patch.file) ?? readFileSync(join(repository, patch.file), "utf8");
    sources.set(patch.file, applyPatch(source, patch));
  }
}

it("a hole is refused that is not where it was", () => {
  expect(() => applyPatch("a b a", { file: "x.ts", find: "a", replace: "" })).toThrow("x.ts holds 2 times");
  expect(applyPatch("a $& c", { file: "x.ts", find: "a", replace: "$&b" })).toBe("$&b $& c");
});

it("every check has figures of its own, named after it, and a hole that it must find", () => {
  for (const { name, figures, holes: own } of allChecks) {
    for (const figure of figures) expect(figure.name).toMatch(new RegExp(`^${name}\\.`));
    expect(own.length, name).toBeGreaterThan(0);
  }
});

it("the page tries every way out that is listed", () => {
  const script = readFileSync(join(import.meta.dirname, "egress/browser/vectors.js"), "utf8");
  const tried = script.slice(script.indexOf("return {"), script.indexOf("/** Tries everything"));
  const names = [...tried.matchAll(/^ {4}"?([a-z-]+)"?: /gm)].map(([, name]) => name);
  expect(new Set([...names, "navigation"])).toEqual(new Set(vectorNames));
});

import { expect, it } from "vitest";
import { createRow } from "./bench-row.ts";

it("a goal of a ratio judges value by floor", () => {
  const definition = { name: "x.ratio", unit: "ms", goal: { of: "ratio", atMost: 2 } } as const;
  expect(createRow(definition, { value: 30, floor: 20, peer: 50 })).toEqual({
    name: "x.ratio",
    value: 30,
    unit: "ms",
    floor: 20,
    ratio: 1.5,
    goal: 2,
    met: true,
    peer: 50,
  });
  expect(createRow(definition, { value: 41, floor: 20 })).toMatchObject({ ratio: 2.05, met: false });
  expect(createRow(definition, { value: 41 })).toMatchObject({ met: null });
});

it("a goal of a value judges the value, up or down, also beside a floor", () => {
  expect(
    createRow({ name: "cpu", unit: "%", goal: { of: "value", atMost: 25 } }, { value: 25, floor: 80 }),
  ).toMatchObject({ met: true });
  expect(createRow({ name: "fps", unit: "fps", goal: { of: "value", atLeast: 20 } }, { value: 19.9 })).toMatchObject({
    goal: 20,
    met: false,
  });
  expect(createRow({ name: "lost", unit: "clicks", goal: { of: "value", atMost: 0 } }, { value: 0 })).toMatchObject({
    met: true,
  });
});

it("what was not measured is neither met nor missed, and what has no goal has neither", () => {
  expect(
    createRow({ name: "x", unit: "%", goal: { of: "value", atMost: 1 } }, { value: null, note: "not built yet" }),
  ).toEqual({ name: "x", value: null, unit: "%", goal: 1, met: null, note: "not built yet" });
  expect(createRow({ name: "x", unit: "kB/s" }, { value: 12_345.6 })).toEqual({
    name: "x",
    value: 12_346,
    unit: "kB/s",
  });
});

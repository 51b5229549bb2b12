import { expect, it } from "vitest";
import { median, p95, quantile } from "./quantile.ts";

it("interpolates between ranks, whatever the order of the samples", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([10, 20], 0.25)).toBe(12.5);
  expect(p95(Array.from({ length: 101 }, (_, index) => 100 - index))).toBe(95);
});

it("one sample is every quantile, the ends are the extremes", () => {
  expect([median([7]), p95([7])]).toEqual([7, 7]);
  expect([quantile([5, 1, 9], 0), quantile([5, 1, 9], 1)]).toEqual([1, 9]);
});

it("leaves the samples as they are, and refuses to summarise nothing", () => {
  const samples = [3, 1, 2];
  median(samples);
  expect(samples).toEqual([3, 1, 2]);
  expect(() => p95([])).toThrow(RangeError);
});

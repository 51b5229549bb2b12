import { expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

it("the pause doubles up to its bound, with jitter below", () => {
  expect([0, 1, 2, 3, 30].map((attempt) => backoffMs(attempt, () => 1))).toEqual([250, 500, 1_000, 2_000, 10_000]);
  expect(backoffMs(3, () => 0)).toBe(1_000);
});

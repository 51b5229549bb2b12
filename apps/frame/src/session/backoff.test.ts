import { describe, expect, it } from "vitest";
import { createBackoff } from "./backoff.ts";

describe("the backoff", () => {
  it("doubles up to eight seconds", () => {
    const backoff = createBackoff(() => 0);
    expect([1, 2, 3, 4, 5, 6, 50].map(backoff)).toEqual([400, 800, 1600, 3200, 6400, 8000, 8000]);
  });

  it("takes at most a third off by chance", () => {
    expect(createBackoff(() => 1)(6)).toBe(5333);
  });
});

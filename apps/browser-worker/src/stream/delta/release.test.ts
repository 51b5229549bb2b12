import { describe, expect, it } from "vitest";
import { release } from "./release.ts";

describe("releasing a buffer", () => {
  it("gives the memory of a large one back, and leaves it empty", () => {
    const large = Buffer.allocUnsafeSlow(100_000);
    release(large.subarray(0, 90_000));
    expect(large.buffer.byteLength).toBe(0);
    expect(large.byteLength).toBe(0);
  });

  it("leaves a small one alone, which shares its memory with others", () => {
    const small = Buffer.from("kept");
    release(small);
    expect(small.toString()).toBe("kept");
  });
});

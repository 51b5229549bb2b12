import { describe, expect, it } from "vitest";
import { createLinkQuality } from "./link-quality.ts";

function after(...roundTrips: number[]) {
  const meter = createLinkQuality();
  return roundTrips.map((ms) => meter.note(ms));
}

describe("the quality of the link", () => {
  it("is good until two round trips in a row say otherwise", () => {
    expect(after(20, 400, 20, 400, 350)).toEqual(["good", "good", "good", "good", "fair"]);
  });

  it("has three classes, and gets better as it got worse", () => {
    expect(after(1000, 1000, 250, 250, 100, 100)).toEqual(["good", "poor", "poor", "fair", "fair", "good"]);
  });

  it("does not flicker around a limit", () => {
    expect(after(310, 310, 290, 310, 290, 290)).toEqual(["good", "fair", "fair", "fair", "fair", "fair"]);
    expect(after(950, 950, 850, 700, 850)).toEqual(["good", "poor", "poor", "poor", "poor"]);
  });

  it("is poor at once when an answer takes seconds", () => {
    expect(after(20, 4000)).toEqual(["good", "poor"]);
  });
});

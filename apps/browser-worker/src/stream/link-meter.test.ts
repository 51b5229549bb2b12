import { expect, it } from "vitest";
import { LinkMeter } from "./link-meter.ts";

it("finds the speed of the link whatever the way there and back takes", () => {
  for (const bytesPerMs of [100, 625, 20_000]) {
    const meter = new LinkMeter();
    for (let count = 0; count < 30; count += 1) {
      meter.note({ bytes: 200, tookMs: 40, alone: true });
      meter.note({ bytes: 100_000, tookMs: 40 + 100_000 / bytesPerMs, alone: true });
      // What comes behind another has the way there behind it.
      meter.note({ bytes: 50_000, tookMs: 50_000 / bytesPerMs, alone: false });
    }
    expect(meter.bytesPerMs / bytesPerMs).toBeCloseTo(1, 1);
  }
});

it("learns nothing of the speed from small packets", () => {
  const meter = new LinkMeter();
  const before = meter.bytesPerMs;
  meter.note({ bytes: 300, tookMs: 900, alone: true });
  expect(meter.bytesPerMs).toBe(before);
});

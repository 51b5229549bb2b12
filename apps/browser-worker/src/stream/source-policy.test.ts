import { expect, it } from "vitest";
import { SourcePolicy, type FrameCost } from "./source-policy.ts";

const pixels = 1280 * 720;
const fast = { pixels, bytesPerMs: 10_000 };
const video: FrameCost = { dirty: 1, sourceBytes: 1_800_000, packetBytes: 150_000, encodeMs: 35 };
const passed: FrameCost = { dirty: 1, sourceBytes: 90_000, packetBytes: 90_000, encodeMs: 1 };
const typing: FrameCost = { dirty: 0.01, sourceBytes: 90_000, packetBytes: 500, encodeMs: 7 };

const times = (count: number, act: () => void) => Array.from({ length: count }, act);

it("passes a video through after a few frames, not for a single new page", () => {
  const policy = new SourcePolicy();
  policy.noteFrame(video, fast);
  policy.noteFrame(typing, fast);
  times(3, () => policy.noteFrame(video, fast));
  expect(policy.format).toBe("png");
  policy.noteFrame(video, fast);
  expect(policy.format).toBe("jpeg");
});

it("goes back when little moves, or when the page is at rest", () => {
  const policy = new SourcePolicy();
  times(4, () => policy.noteFrame(video, fast));
  times(10, () => policy.noteFrame({ ...passed, dirty: 0.2 }, fast));
  expect(policy.format).toBe("jpeg");
  times(3, () => policy.noteFrame({ ...passed, dirty: 0.03 }, fast));
  expect(policy.format).toBe("png");
  times(40, () => policy.noteFrame(video, fast));
  expect(policy.format).toBe("jpeg");
  policy.noteRest();
  expect(policy.format).toBe("png");
});

it("stays with changes where they cost less: scrolling, and whole pages of text on a slow link", () => {
  const policy = new SourcePolicy();
  times(50, () => policy.noteFrame({ dirty: 0.06, sourceBytes: 190_000, packetBytes: 5_500, encodeMs: 9 }, fast));
  expect(policy.format).toBe("png");
  const text = { dirty: 1, sourceBytes: 60_000, packetBytes: 60_000, encodeMs: 6 };
  times(50, () => policy.noteFrame(text, { pixels, bytesPerMs: 100 }));
  expect(policy.format).toBe("png");
});

it("changes over ever more rarely where it would go back and forth", () => {
  const policy = new SourcePolicy();
  let changes = 0;
  let before = policy.format;
  for (let frame = 0; frame < 3_000; frame += 1) {
    // To each picture it takes the other would have been better.
    policy.noteFrame(policy.format === "png" ? video : { ...passed, dirty: 0.03 }, fast);
    if (policy.format !== before) changes += 1;
    before = policy.format;
  }
  expect(changes).toBeGreaterThan(2);
  expect(changes).toBeLessThan(30);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { nextAttemptAt, parseRetryAfter, retryDelaysMs } from "./retry-schedule.ts";

const now = new Date("2026-03-24T12:00:00.000Z");
const after = (date: Date | null) => (date === null ? null : (date.getTime() - now.getTime()) / 1000);

test("ten attempts: at once, then after the documented pauses", () => {
  const pauses = Array.from({ length: 10 }, (_, index) =>
    after(nextAttemptAt({ attempts: index + 1, now, random: 0 })),
  );
  expect(pauses).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null]);
});

test("jitter only lengthens, and by no more than a tenth", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: retryDelaysMs.length }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, random) => {
        const delay = retryDelaysMs[attempts - 1] ?? 0;
        const pause = (nextAttemptAt({ attempts, now, random })?.getTime() ?? 0) - now.getTime();
        expect(pause).toBeGreaterThanOrEqual(delay);
        expect(pause).toBeLessThanOrEqual(delay * 1.1 + 1);
      },
    ),
  );
});

test("a receiver can ask for a longer pause, not for a shorter one, nor for ever", () => {
  expect(after(nextAttemptAt({ attempts: 1, now, random: 0, retryAfterMs: 60_000 }))).toBe(60);
  expect(after(nextAttemptAt({ attempts: 2, now, random: 0, retryAfterMs: 1000 }))).toBe(300);
  expect(after(nextAttemptAt({ attempts: 1, now, random: 0, retryAfterMs: 1e12 }))).toBe(86_400);
});

test.each([
  [undefined, undefined],
  ["120", 120_000],
  ["Tue, 24 Mar 2026 12:01:00 GMT", 60_000],
  ["Tue, 24 Mar 2026 11:00:00 GMT", 0],
  ["soon", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["99999999999999", undefined],
])("Retry-After: %s", (value, expected) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});

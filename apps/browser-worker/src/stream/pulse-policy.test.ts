import fc from "fast-check";
import { expect, it } from "vitest";
import { PulsePolicy } from "./pulse-policy.ts";

function start() {
  let time = 1_000_000;
  const policy = new PulsePolicy(() => time);
  /** Frames as they come, until the time is over or the mode changes. */
  const play = (forMs: number, everyMs: number, changed = true) => {
    const before = policy.pulsing;
    for (const end = time + forMs; time < end && policy.pulsing === before;) {
      time += everyMs;
      policy.noteFrame(changed);
    }
    return time;
  };
  return { policy, play, pause: (ms: number) => void (time += ms), now: () => time };
}

it("a page that moves by itself is pulsed after three seconds without input", () => {
  const { policy, play, now } = start();
  const from = now();
  play(10_000, 16);
  expect(policy.pulsing).toBe(true);
  expect(now() - from).toBeGreaterThanOrEqual(3_000);
  expect(now() - from).toBeLessThan(3_100);
});

it("any input ends it at once, and it takes as long to come back", () => {
  const { policy, play, now } = start();
  play(10_000, 16);
  policy.noteInput();
  expect(policy.pulsing).toBe(false);
  const from = now();
  play(10_000, 16);
  expect(now() - from).toBeGreaterThanOrEqual(3_000);
});

it("a page that comes to rest is captured continuously again, which costs nothing", () => {
  const { policy, play, pause } = start();
  play(10_000, 16);
  play(800, 200, false);
  expect(policy.pulsing).toBe(true);
  play(200, 200, false);
  expect(policy.pulsing).toBe(false);
  // What it does now and then is no animation.
  pause(10_000);
  policy.noteFrame(true);
  expect(policy.pulsing).toBe(false);
});

it("a blinking caret is no animation", () => {
  const { policy, play } = start();
  play(60_000, 500);
  expect(policy.pulsing).toBe(false);
});

it("never pulses within three seconds of an input, whatever the page does", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom("input", "changed", "same")), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, (series) => {
      const { policy, pause, now } = start();
      let lastInput = now();
      for (const [ms, what] of series) {
        pause(ms);
        if (what === "input") {
          policy.noteInput();
          lastInput = now();
        } else policy.noteFrame(what === "changed");
        if (now() - lastInput < 3_000) expect(policy.pulsing).toBe(false);
      }
    }),
  );
});

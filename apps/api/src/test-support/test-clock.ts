import type { Clock } from "../sessions/clock.ts";

export interface TestClock extends Clock {
  advance(ms: number): void;
}

/** Real time plus what a test has advanced it by. Sleeping is real: tests call the sweep themselves. */
export function createTestClock(): TestClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
    advance(ms) {
      ahead += ms;
    },
  };
}

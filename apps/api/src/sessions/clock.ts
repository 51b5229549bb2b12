import { setTimeout as delay } from "node:timers/promises";

/** Time as a parameter: tests bring their own. */
export interface Clock {
  now(): Date;
  /** Resolves after so long, rejects with AbortError when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) => delay(ms, undefined, { signal, ref: false }),
};

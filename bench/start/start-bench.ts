import type { Bench } from "../report/bench.ts";
import { coldStart } from "./cold-start.ts";
import { warmStart } from "./warm-start.ts";

/** `npm run bench -- start`: from wanting a browser to having its page before one's eyes. */
export const startBench: Bench = {
  definitions: [
    { name: "start.warm.ratio", unit: "ms", goal: { of: "ratio", atMost: 1.3 } },
    { name: "start.cold.ratio", unit: "ms", goal: { of: "ratio", atMost: 1.3 } },
  ],
  groups: [warmStart, coldStart],
};

import type { Bench } from "../report/bench.ts";
import { log, logRows } from "./log.ts";
import { passiveEvidence } from "./passive-evidence.ts";
import { predicateRows, predicates } from "./predicates.ts";
import { replayEvidence } from "./replay-evidence.ts";
import { verify, verifyRows } from "./verify.ts";

/** `npm run bench -- attest`: what proof costs. */
export const attestBench: Bench = {
  definitions: [
    { name: "passive.ratio", unit: "ms", goal: { of: "ratio", atMost: 40 } },
    { name: "replay.ratio", unit: "ms", goal: { of: "ratio", atMost: 20 } },
    ...verifyRows,
    ...predicateRows,
    ...logRows,
  ],
  groups: [passiveEvidence, replayEvidence, verify, predicates, log],
};

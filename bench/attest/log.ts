import { randomBytes } from "node:crypto";
import { appendEntry, emptyHead, rootOf, type LogHead } from "@attestream/attestation/log";
import type { RowDefinition } from "../report/bench-row.ts";
import type { RowGroup } from "../report/bench.ts";
import { median } from "../statistics/quantile.ts";

export const logRows: readonly RowDefinition[] = [
  { name: "log.append.us", unit: "us", goal: { of: "value", atMost: 100 } },
];

const logSize = 100_000;
const appended = 1_000;

/** One more entry in a log of 100,000: its leaf, the subtrees that it makes whole, and the new root. Storing them is the database's. */
export const log: RowGroup = {
  title: "log",
  rows: logRows.map(({ name }) => name),
  measure: async (run) => {
    const leaves = Array.from({ length: 64 }, () => new Uint8Array(randomBytes(32)));
    const leafAt = (index: number) => leaves[index % leaves.length] ?? new Uint8Array(32);
    let head: LogHead = emptyHead;
    for (let index = 0; index < logSize; index++) head = appendEntry(head, leafAt(index)).head;
    const full = head;

    const rounds: number[] = [];
    for (let round = 0; round < (run.quick ? 3 : 25); round++) {
      head = full;
      const startedAt = performance.now();
      for (let index = 0; index < appended; index++) {
        head = appendEntry(head, leafAt(index)).head;
        rootOf(head);
      }
      rounds.push(((performance.now() - startedAt) * 1000) / appended);
    }
    return {
      "log.append.us": {
        value: median(rounds),
        note: `with the new root, at ${logSize} entries; p50 of ${rounds.length} rounds`,
      },
    };
  },
};

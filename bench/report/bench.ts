import type { BenchRun } from "../system/bench-run.ts";
import type { Measured, RowDefinition } from "./bench-row.ts";

/** Rows that are measured together, because one thing that is done shows them all. */
export interface RowGroup {
  /** What is done, for the progress. */
  title: string;
  rows: readonly string[];
  /** Resolves to what was found, by row. */
  measure: (run: BenchRun) => Promise<Record<string, Measured>>;
}

/** What `npm run bench -- NAME` runs. */
export interface Bench {
  definitions: readonly RowDefinition[];
  groups: readonly RowGroup[];
}

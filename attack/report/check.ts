import type { Measured, RowDefinition } from "@attestream/bench/bench-row";
import type { AttackRun } from "../system/attack-run.ts";
import type { SitePage } from "../site/site-page.ts";

/** What one line of the report is about. Every figure has a goal: without one nothing can be broken. */
export type Figure = RowDefinition & { goal: { of: "value" } & ({ atMost: number } | { atLeast: number }) };

/** A text of a source file, and what stands there instead while the hole is open. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/** A defence taken away in a copy of the product. The check has to find it. */
export interface Hole {
  name: string;
  /** The figure that must miss its goal. */
  figure: string;
  patches: readonly Patch[];
}

/** One kind of attack: one file, one or a few figures. */
export interface Check {
  name: string;
  /** What is done, for the progress. */
  title: string;
  figures: readonly Figure[];
  /** Pages that it opens in the streamed browser, by name. */
  pages?: Readonly<Record<string, SitePage>>;
  attack: (run: AttackRun) => Promise<Record<string, Measured>>;
  /** What it compares the product with, a copy without one of its parts. */
  compared?: readonly Patch[];
  holes: readonly Hole[];
}

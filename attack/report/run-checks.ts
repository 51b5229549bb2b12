import { once } from "node:events";
import { createRow, type BenchRow } from "@attestream/bench/bench-row";
import { startAttackRun, type AttackOptions } from "../system/attack-run.ts";
import type { Check } from "./check.ts";

const longestReason = 300;

/** Attacks one after the other. What could not be tried does not stop the others: its rows say why, and nothing is held. */
export async function runChecks(checks: readonly Check[], options: AttackOptions): Promise<BenchRow[]> {
  const { progress, signal } = options;
  const rows: BenchRow[] = [];
  await using run = await startAttackRun(options);
  // What is under way is left alone then: it ends when its browsers do.
  const stopped = once(signal, "abort").then(() => Promise.reject(new Error("stopped")));
  stopped.catch(() => {});
  for (const check of checks) {
    if (signal.aborted) break;
    progress(`${check.name}: ${check.title}`);
    const found = await Promise.race([check.attack(run), stopped]).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
      const note = `not tried: ${reason.slice(0, longestReason)}`;
      return Object.fromEntries(check.figures.map(({ name }) => [name, { value: null, note }]));
    });
    for (const figure of check.figures) {
      const row = createRow(figure, found[figure.name] ?? { value: null, note: "not tried" });
      rows.push(row);
      progress(`  ${row.name}: ${row.value ?? row.note} ${row.met === true ? "held" : "NOT HELD"}`);
    }
  }
  return rows;
}

/** Only what was tried and withstood is held. */
export const isHeld = (row: BenchRow) => row.met === true;

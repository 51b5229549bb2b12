import type { AttackOptions } from "../system/attack-run.ts";
import { copyProduct } from "../system/copy-product.ts";
import type { Check, Hole } from "./check.ts";
import { runChecks } from "./run-checks.ts";

export interface PlantedRow {
  check: string;
  hole: string;
  figure: string;
  found: boolean;
  note: string;
}

/** Opens each hole in a copy of the product, and attacks that. A hole that its check does not find is a failure of the check. */
export async function runPlanted(checks: readonly Check[], options: AttackOptions): Promise<PlantedRow[]> {
  const rows: PlantedRow[] = [];
  for (const check of checks) {
    for (const hole of check.holes) {
      if (options.signal.aborted) return rows;
      options.progress(`planted: ${hole.name}`);
      const row = await attackThrough(check, hole, options);
      options.progress(`  ${row.found ? "found" : "NOT FOUND"}: ${row.note}`);
      rows.push(row);
    }
  }
  return rows;
}

async function attackThrough(check: Check, hole: Hole, options: AttackOptions): Promise<PlantedRow> {
  const row = { check: check.name, hole: hole.name, figure: hole.figure };
  try {
    await using copy = await copyProduct(hole.patches);
    const rows = await runChecks([check], { ...options, root: copy.root, quick: true });
    const broken = rows.find(({ name }) => name === hole.figure);
    const note = `${broken?.value ?? "-"} ${broken?.unit ?? ""} ${broken?.note ?? ""}`.trim();
    return { ...row, found: broken?.met === false, note };
  } catch (error) {
    return { ...row, found: false, note: error instanceof Error ? error.message : String(error) };
  }
}

export function renderPlanted(rows: readonly PlantedRow[]): string {
  const width = Math.max(...rows.map(({ hole }) => hole.length), 4);
  const line = (hole: string, found: string, figure: string, note: string) =>
    `${hole.padEnd(width)}  ${found.padEnd(9)}  ${figure}: ${note}`;
  return rows.map((row) => line(row.hole, row.found ? "found" : "NOT FOUND", row.figure, row.note)).join("\n");
}

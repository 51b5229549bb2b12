import type { BenchRow } from "@attestream/bench/bench-row";
import type { Figure } from "./check.ts";

const heads = ["check", "figure", "unit", "goal", "", "note"];

/** The findings as text for people. */
export function renderTable(rows: readonly BenchRow[], figures: readonly Figure[]): string {
  const lines = [heads, ...rows.map((row) => cellsOf(row, figures))];
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const [head = "", ...rest] = lines.map((cells) =>
    cells
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.slice(0, -1).map((width) => "-".repeat(width));
  return [head, [...rule, "----"].join("  "), ...rest].join("\n");
}

function cellsOf(row: BenchRow, figures: readonly Figure[]): string[] {
  const goal = figures.find(({ name }) => name === row.name)?.goal;
  return [
    row.name,
    row.value === null ? "-" : String(row.value),
    row.unit,
    goal === undefined ? "" : `${"atMost" in goal ? "<=" : ">="} ${row.goal}`,
    row.met === true ? "held" : row.met === false ? "BROKEN" : "not tried",
    row.note ?? "",
  ];
}

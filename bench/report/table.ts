import type { BenchRow, RowDefinition } from "./bench-row.ts";

const heads = ["row", "value", "unit", "floor", "ratio", "peer", "goal", ""];

/** The rows as text for people, notes below. */
export function renderTable(rows: readonly BenchRow[], definitions: readonly RowDefinition[]): string {
  const lines = [
    heads,
    ...rows.map((row) =>
      cellsOf(
        row,
        definitions.find(({ name }) => name === row.name),
      ),
    ),
  ];
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const table = lines.map((cells) =>
    cells
      .map((cell, column) =>
        isNumeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  const notes = rows.filter(({ note }) => note !== undefined).map(({ name, note }) => `${name}: ${note}`);
  return [...table.slice(0, 1), widths.map((width) => "-".repeat(width)).join("  "), ...table.slice(1), "", ...notes]
    .join("\n")
    .trimEnd();
}

function cellsOf(row: BenchRow, definition: RowDefinition | undefined): string[] {
  const { goal } = definition ?? {};
  const sign =
    goal === undefined ? "" : `${"atMost" in goal ? "<=" : ">="} ${row.goal}${goal.of === "ratio" ? "x" : ""}`;
  return [
    row.name,
    text(row.value),
    row.unit,
    row.floor === undefined ? "" : text(row.floor),
    row.ratio === undefined ? "" : `${row.ratio}x`,
    row.peer === undefined ? "" : text(row.peer),
    sign,
    row.met === undefined ? "" : row.met === null ? "not measured" : row.met ? "met" : "missed",
  ];
}

const text = (value: number | null) => (value === null ? "-" : String(value));
const isNumeric = (column: number) => column > 0 && column < 6 && column !== 2;

import { once } from "node:events";
import { createRow, type BenchRow } from "./bench-row.ts";
import type { Bench } from "./bench.ts";
import { startBenchRun, type BenchOptions } from "../system/bench-run.ts";

const longestReason = 240;

/**
 * Measures the rows asked for, all when `only` is null, in the order of the definitions. What cannot be measured
 * does not stop the others: its row says why, and `failed` is true.
 */
export async function runBench(
  bench: Bench,
  options: BenchOptions & { only: readonly string[] | null },
): Promise<{ rows: BenchRow[]; failed: boolean }> {
  const { only, progress, signal } = options;
  const wanted = (name: string) => only === null || only.includes(name);
  const found = new Map<string, BenchRow>();
  let failed = false;
  await using run = await startBenchRun(options);
  // What is being measured is left alone then: it ends when its browsers do.
  const stopped = once(signal, "abort").then(() => Promise.reject(new Error("stopped")));
  stopped.catch(() => {});
  for (const group of bench.groups.filter(({ rows }) => rows.some(wanted))) {
    if (signal.aborted) break;
    progress(group.title);
    const measured = await Promise.race([group.measure(run), stopped]).catch((error: unknown) => {
      failed = true;
      const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
      const note = `not measured: ${reason?.slice(0, longestReason)}`;
      progress(`${group.title}: ${note}`);
      return Object.fromEntries(group.rows.map((name) => [name, { value: null, note }]));
    });
    for (const definition of bench.definitions) {
      const measurement = measured[definition.name];
      if (measurement === undefined) continue;
      const row = createRow(definition, measurement);
      found.set(row.name, row);
      if (wanted(row.name) && row.value !== null)
        progress(`  ${row.name}: ${row.ratio ?? row.value}${row.ratio === undefined ? ` ${row.unit}` : "x"}`);
    }
  }
  const rows = bench.definitions.filter(({ name }) => wanted(name)).flatMap(({ name }) => found.get(name) ?? []);
  return { rows, failed: failed || signal.aborted };
}

// `npm run bench -- NAME`: measures, shows progress (on stderr) and a table; with --json the last line is one object.
// Exit code 0 when every row was measured, whether its goal is met or not.
import { loadavg } from "node:os";
import { attestBench } from "./attest/attest-bench.ts";
import { parseArguments, type BenchCommand } from "./report/parse-arguments.ts";
import { runBench } from "./report/run-bench.ts";
import { renderTable } from "./report/table.ts";
import { startBench } from "./start/start-bench.ts";
import { streamBench } from "./stream/stream-bench.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
process.on("disconnect", () => stopping.abort());

const startedAt = performance.now();
function progress(line: string): void {
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
}

async function main({ name, bench, only, quick, json }: BenchCommand): Promise<void> {
  const load = () => (loadavg()[0] ?? 0).toFixed(1);
  const loadBefore = load();
  const { rows, failed } = await runBench(bench, { only, quick, progress, signal: stopping.signal });
  process.stdout.write(`\n${renderTable(rows, bench.definitions)}\n`);
  const quickly = quick ? " Quick: the figures mean nothing." : "";
  process.stdout.write(`\n${name}: load ${loadBefore} before, ${load()} after.${quickly}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
  process.exitCode = failed ? 1 : 0;
}

try {
  await main(parseArguments(process.argv.slice(2), { stream: streamBench, start: startBench, attest: attestBench }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
if (process.connected) process.disconnect();

// `npm run fuzz`: a million mutated records, handshakes and HTTP streams against the reading of TLS evidence. Progress goes
// to stderr, a table to stdout. Exit code 0 when nothing crashed, hung, grew or was accepted that should not be.
import { parseArgs } from "node:util";
import { kinds } from "./kinds/all-kinds.ts";
import { runFuzz, type FuzzRow } from "./run/run-fuzz.ts";
import { checkNginx } from "./servers/check-nginx.ts";

const usage = `npm run fuzz -- [--cases 1000000] [--seed N] [--only ${Object.keys(kinds).join(",")}] [--json]`;
const progressEveryMs = 2_000;

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
process.on("disconnect", () => stopping.abort());

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
if (process.connected) process.disconnect();

async function main(): Promise<number> {
  const { cases, seed, only, json } = parseCommand();
  let toldAt = 0;
  const progress = (line: string) => {
    if (performance.now() - toldAt < progressEveryMs) return;
    toldAt = performance.now();
    process.stderr.write(`${(toldAt / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
  };
  const rows = await runFuzz({ cases, seed, only, progress, signal: stopping.signal });
  const nginx = await checkNginx();
  process.stdout.write(`\n${renderTable(rows)}\n\nnginx: ${nginx.told}\nseed ${seed}\n`);
  for (const { name, failure } of rows) if (failure !== null) process.stdout.write(`${name}: ${failure}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ seed, rows, nginx })}\n`);
  return rows.every(({ failure }) => failure === null) && nginx.ok ? 0 : 1;
}

function parseCommand() {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "1000000" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      only: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [cases, seed] = [Number(values.cases), Number(values.seed)];
  if (!Number.isSafeInteger(cases) || cases < 1) throw new Error(`--cases: a number of cases. ${usage}`);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed: a whole number. ${usage}`);
  const only = values.only?.split(",") ?? null;
  const unknown = only?.find((name) => !(name in kinds));
  if (unknown !== undefined) throw new Error(`--only: there is no "${unknown}". ${usage}`);
  return { cases, seed, only, json: values.json };
}

function renderTable(rows: readonly FuzzRow[]): string {
  const lines = [
    ["what", "cases", "refused", "slowest", "grown", "kept", ""],
    ...rows.map(({ title, cases, refused, slowestMs, grownBytes, keptBytes, failure }) => [
      title,
      String(cases),
      `${((100 * refused) / cases).toFixed(1)} %`,
      `${slowestMs.toFixed(1)} ms`,
      mib(grownBytes),
      mib(keptBytes),
      failure === null ? "held" : "FAILED",
    ]),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0))) ?? [];
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

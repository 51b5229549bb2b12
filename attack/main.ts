// `npm run attack`: attacks the product as `npm start` runs it. Progress on stderr, a table on stdout; with --json
// the last line is one object. Exit code 0 only if every check holds; with --planted, only if every hole is found.
import { allChecks } from "./all-checks.ts";
import { hasOwnNetwork, layOutOwnNetwork, rerunInOwnNetwork } from "./network/own-network.ts";
import { parseArguments, type AttackCommand } from "./report/parse-arguments.ts";
import { isHeld, runChecks } from "./report/run-checks.ts";
import { renderPlanted, runPlanted } from "./report/run-planted.ts";
import { renderTable } from "./report/table.ts";
import type { SitePage } from "./site/site-page.ts";
import { repository } from "./system/copy-product.ts";

async function main({ checks, quick, json, planted }: AttackCommand): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
  process.on("disconnect", () => stopping.abort());
  const startedAt = performance.now();
  const progress = (line: string) =>
    void process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
  const pages = Object.assign({}, ...allChecks.map((check) => check.pages ?? {})) as Record<string, SitePage>;
  const options = { root: repository, pages, quick, progress, signal: stopping.signal };
  if (planted) {
    const rows = await runPlanted(checks, options);
    process.stdout.write(`\n${renderPlanted(rows)}\n`);
    if (json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
    return rows.every(({ found }) => found) && !stopping.signal.aborted ? 0 : 1;
  }
  const rows = await runChecks(checks, options);
  process.stdout.write(
    `\n${renderTable(
      rows,
      checks.flatMap(({ figures }) => figures),
    )}\n`,
  );
  const held = rows.filter(isHeld).length;
  process.stdout.write(`\n${held} of ${rows.length} held.${quick ? " Quick: fewer of everything." : ""}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
  return held === rows.length && !stopping.signal.aborted ? 0 : 1;
}

try {
  const command = parseArguments(process.argv.slice(2), allChecks);
  const code = hasOwnNetwork() ? null : await rerunInOwnNetwork();
  if (code === null && hasOwnNetwork()) layOutOwnNetwork();
  process.exitCode = code ?? (await main(command));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
// What a check that broke off has left open keeps nobody waiting.
process.stdout.write("", () => process.exit());

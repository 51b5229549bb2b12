import type { Sample } from "./take-sample.ts";
import { measures, mostKiBPerSession, type Verdict } from "./verdict.ts";

const heads = [
  "minute",
  "sessions",
  "api MiB",
  "heap",
  "sock",
  "files",
  "worker MiB",
  "heap",
  "sock",
  "files",
  "procs",
  "MiB",
  "tmp",
  "db KiB",
  "leftover",
];

export const tableHead = (): string => row(heads);

export function tableRow(sample: Sample): string {
  return row([
    String(sample.minute),
    String(sample.sessions),
    ...measures
      .map(({ of }) => of(sample))
      .map((value) => (Number.isInteger(value) ? String(value) : value.toFixed(2))),
    String(sample.database.sizeKiB),
    String(Object.values(sample.database.leftovers).reduce((sum, count) => sum + count, 0)),
  ]);
}

export function describeVerdict(verdict: Verdict, failures: readonly string[]): string {
  const lines = verdict.measures.map(({ name, first, last, perHour, ok }) => {
    const slope = perHour === null ? "" : `, ${perHour >= 0 ? "+" : ""}${perHour.toFixed(2)} an hour`;
    return `${ok ? "ok   " : "GROWS"}  ${name.padEnd(20)} ${first.toFixed(1)} -> ${last.toFixed(1)}${slope}`;
  });
  const { kibPerSession, leftovers } = verdict;
  lines.push(
    `${kibPerSession <= mostKiBPerSession ? "ok   " : "GROWS"}  database             ${kibPerSession.toFixed(1)} KiB a session`,
    `${leftovers.length === 0 ? "ok   " : "LEFT "}  rows that should be gone: ${leftovers.join("; ") || "none"}`,
    `${failures.length === 0 ? "ok   " : "FAILS"}  sessions that did not end as they must: ${failures.join("; ") || "none"}`,
    verdict.ok && failures.length === 0 ? "No growth." : "The soak failed.",
  );
  return lines.join("\n");
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart(Math.max(7, heads[index]?.length ?? 0))).join(" ");
}

import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";

export interface BenchCommand {
  name: string;
  bench: Bench;
  only: string[] | null;
  quick: boolean;
  json: boolean;
}

/** Throws an Error that says what there is. */
export function parseArguments(args: readonly string[], benches: Readonly<Record<string, Bench>>): BenchCommand {
  const usage = `npm run bench -- ${Object.keys(benches).join("|")} [--only row,row] [--quick] [--json]`;
  const { values, positionals } = parse(args, usage);
  const [name = "", ...others] = positionals;
  const bench = benches[name];
  if (bench === undefined || others.length > 0)
    throw new Error(`${name === "" ? "Which bench?" : `There is no bench "${positionals.join(" ")}".`} ${usage}`);
  const only = values.only === undefined ? null : values.only.split(",").map((row) => row.trim());
  const known = bench.definitions.map((definition) => definition.name);
  const unknown = (only ?? []).filter((row) => !known.includes(row));
  if (unknown.length > 0)
    throw new Error(`--only: ${name} has no row ${unknown.join(", ")}. It has: ${known.join(", ")}`);
  return { name, bench, only, quick: values.quick, json: values.json };
}

function parse(args: readonly string[], usage: string) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} ${usage}`, { cause: error });
  }
}

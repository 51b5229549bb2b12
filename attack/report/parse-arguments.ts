import { parseArgs } from "node:util";
import type { Check } from "./check.ts";

export interface AttackCommand {
  checks: readonly Check[];
  quick: boolean;
  json: boolean;
  planted: boolean;
}

const usage = "npm run attack -- [--only check,check] [--quick] [--json] [--planted]";

/** Throws an Error that says what there is. */
export function parseArguments(args: readonly string[], checks: readonly Check[]): AttackCommand {
  const { only, ...switches } = parse(args);
  const names = only?.split(",").map((name) => name.trim());
  const unknown = (names ?? []).filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0)
    throw new Error(
      `--only: there is no check ${unknown.join(", ")}. There are: ${checks.map(({ name }) => name).join(", ")}`,
    );
  return { ...switches, checks: names ? checks.filter(({ name }) => names.includes(name)) : checks };
}

function parse(args: readonly string[]) {
  try {
    const flag = { type: "boolean", default: false } as const;
    const options = { only: { type: "string" }, quick: flag, json: flag, planted: flag } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} ${usage}`, { cause: error });
  }
}

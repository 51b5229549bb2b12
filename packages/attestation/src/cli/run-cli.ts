import type { CliOutcome } from "./cli-outcome.ts";
import { InputError } from "./read-input.ts";
import { runProve } from "../zero-knowledge/cli/run-prove.ts";
import { runVerify, verifyUsage } from "./verify-command.ts";

/** Each takes what follows its name. */
const commands: Record<string, (args: string[], now: Date) => Promise<CliOutcome>> = {
  verify: runVerify,
  prove: runProve,
};

export async function runCli([name = "", ...args]: string[], now: Date): Promise<CliOutcome> {
  if (name === "--help" || name === "-h" || name === "help")
    return { exitCode: 0, stdout: `${verifyUsage}\n${otherCommands()}`, stderr: "" };
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) {
      const problem = name === "" ? "Which command?" : `There is no command ${JSON.stringify(name)}.`;
      throw new InputError(`${problem}\n\n${verifyUsage}\n${otherCommands()}`);
    }
    return await command(args, now);
  } catch (error) {
    if (error instanceof InputError) return { exitCode: 2, stdout: "", stderr: `${error.message}\n` };
    throw error;
  }
}

function otherCommands(): string {
  const others = Object.keys(commands).filter((name) => name !== "verify");
  return others.map((name) => `attestream ${name} --help\n`).join("");
}

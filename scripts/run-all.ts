import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

export interface Program {
  name: string;
  /** A program of node_modules/.bin, or a path. */
  program: string;
  args: string[];
}

export function programEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [join(import.meta.dirname, "../node_modules/.bin"), process.env["PATH"]].join(delimiter),
  };
}

/** Runs a program with this process's output; resolves to its exit code. */
export function runProgram({ program, args }: Program, environment: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", env: { ...programEnvironment(), ...environment } });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** Runs every program, one after the other, whatever the others do. */
export async function runAll(programs: Program[]): Promise<{ failed: string[] }> {
  const failed: string[] = [];
  for (const program of programs) {
    const startedAt = performance.now();
    const code = await runProgram(program);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? "✓" : "✗"} ${program.name} (${seconds} s)\n`);
    if (code !== 0) failed.push(program.name);
  }
  return { failed };
}

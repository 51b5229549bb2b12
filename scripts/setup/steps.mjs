import { spawn } from "node:child_process";

/** Set-up cannot go on; the message says what to do. */
export class SetupError extends Error {}

/**
 * Runs one step and says so: a line while it runs on a terminal, and how long it took when it was not
 * instant. `false` as its result means that this way was not possible, and another one is tried.
 */
export async function step(title, work) {
  const terminal = process.stderr.isTTY;
  const startedAt = Date.now();
  if (terminal) process.stderr.write(`  … ${title}\r`);
  const result = await work((detail) => {
    if (terminal) process.stderr.write(`\x1b[2K  … ${title}: ${detail}\r`);
    else process.stderr.write(`  … ${title}: ${detail}\n`);
  });
  const seconds = (Date.now() - startedAt) / 1000;
  if (terminal) process.stderr.write("\x1b[2K");
  if (result === false) process.stderr.write(`  – ${title}: not possible here\n`);
  else if (seconds > 1) process.stderr.write(`  ✓ ${title} (${seconds.toFixed(1)} s)\n`);
  return result;
}

/** Runs a program to its end; resolves to its exit code and what it printed. Never throws for a failing program. */
export function execute(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", (error) => resolve({ code: 127, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

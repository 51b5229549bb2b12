import { findChromium } from "./sandbox/find-chromium.ts";

/** Program for set-up: prints the Chromium that a worker would run, or ends with code 1 and the remedy. */
try {
  // oxlint-disable-next-line node/no-process-env -- a program of its own, run by set-up
  const { path } = await findChromium(process.env["CHROMIUM_PATH"]);
  process.stdout.write(`${path}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

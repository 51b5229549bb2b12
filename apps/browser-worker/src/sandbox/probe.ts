import { execFile } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { promisify } from "node:util";
import { probeScript } from "./probe-script.ts";

const run = promisify(execFile);
const longestMs = 20_000;

/**
 * Runs a program in the browser's place that looks around in its jail, by the same wrapper. What it finds that it
 * should not, in words; empty: nothing. `executable` is a slot's wrapper made for `/bin/sh`. Throws when the program
 * could not be run to its end.
 */
export async function probeJail(executable: string, runtimeFolder: string): Promise<string[]> {
  const canary = createServer((socket) => socket.end("reached"));
  await new Promise<void>((resolve, reject) => {
    canary.once("error", reject);
    canary.listen(0, "127.0.0.1", resolve);
  });
  try {
    const { port } = canary.address() as AddressInfo;
    const { stdout } = await run(executable, ["-c", probeScript, "probe", String(port), runtimeFolder], {
      timeout: longestMs,
      killSignal: "SIGKILL",
    });
    const lines = stdout.trim().split("\n");
    // The last word: a script that broke off has found nothing because it did not look.
    if (lines.pop() !== "done") throw new Error(`the probe broke off after ${lines.length} lines`);
    return lines;
  } finally {
    canary.close();
  }
}

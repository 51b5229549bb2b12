import { runTreeCli } from "./run-tree-cli.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => stopping.abort(new DOMException("stopped", "AbortError")));

try {
  process.exitCode = await runTreeCli({
    args: process.argv.slice(2),
    chromiumPath: process.env["CHROMIUM_PATH"],
    now: () => new Date(),
    signal: stopping.signal,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  process.exitCode = 130;
}

// `npm start`: the whole system on this machine, until it is told to stop.
import { loadConfig } from "./config.ts";
import { PartStartError } from "./part-process.ts";
import { supervise } from "./supervise.ts";
import { startSystem } from "./system.ts";
import { describeSystem } from "./welcome.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
// The npm script that started us is gone.
process.on("disconnect", () => stopping.abort());

try {
  const config = loadConfig(process.env);
  const system = await startSystem({
    ...config,
    environment: { ...process.env, LOG_LEVEL: process.env["LOG_LEVEL"] ?? "warn" },
    signal: stopping.signal,
    onProgress: (part) => process.stdout.write(`  starting ${part}\n`),
  });
  process.stdout.write(describeSystem(system, config));
  process.exitCode = await supervise(system, stopping.signal);
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof PartStartError ? error.exitCode : 1;
  }
}
if (process.connected) process.disconnect();

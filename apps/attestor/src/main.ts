import { pino } from "pino";
import { ConfigError, loadConfig, type AttestorConfig } from "./config.ts";
import { createAttestor } from "./create-attestor.ts";
import { helpText } from "./help.ts";

const configurationErrorExit = 78;

function loadOrExit(): AttestorConfig {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The attestor cannot start with this configuration:\n${error.message}\n`);
    return process.exit(configurationErrorExit);
  }
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return void process.stdout.write(helpText());
  const config = loadOrExit();
  const log = pino({ name: "attestor", level: config.logLevel });
  const attestor = await createAttestor({ config, log });
  const stopped = Promise.withResolvers<void>();
  const stop = () => void attestor.stop().then(stopped.resolve, stopped.reject);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  // The one who started this process is gone: nobody would stop it.
  process.once("disconnect", stop);
  process.send?.({ type: "ready", port: attestor.port, kid: attestor.kid });
  await stopped.promise;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The attestor stopped: ${explain(error)}\n`);
    process.exit(1);
  },
);

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return `${error.message}. Stop what uses that port, or set ATTESTOR_PORT to another one.`;
  return error.message;
}

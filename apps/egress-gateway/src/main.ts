import { pino } from "pino";
import type { z } from "zod";
import { ConfigError, environmentSchema, loadConfig, type GatewayConfig } from "./config.ts";
import { createGateway } from "./create-gateway.ts";

const configurationErrorExit = 78;

function loadOrExit(): GatewayConfig {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The egress gateway cannot start with this configuration:\n${error.message}\n`);
    return process.exit(configurationErrorExit);
  }
}

function helpText(): string {
  const settings = Object.entries(environmentSchema.shape).map(
    ([name, field]) => `  ${name.padEnd(28)}${(field as z.ZodType).description ?? ""}`,
  );
  return ["Egress gateway: the way out for workers in a network of their own.", "", "Settings:", ...settings, ""].join(
    "\n",
  );
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return void process.stdout.write(helpText());
  const config = loadOrExit();
  const log = pino({ name: "egress-gateway", level: config.logLevel });
  const gateway = await createGateway({ config, log });
  log.info({ port: gateway.port }, "ready");
  const stopped = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void gateway.stop().then(stopped.resolve, stopped.reject));
  process.send?.({ type: "ready", port: gateway.port });
  await stopped.promise;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The egress gateway stopped: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

import { readFileSync } from "node:fs";
import { refusedCidrsSchema, type RefusedCidr } from "@attestream/address-guard";
import { z } from "zod";

const integer = (min: number, max: number) =>
  z.string().regex(/^\d+$/, "must be a whole number").transform(Number).pipe(z.number().min(min).max(max));

export const environmentSchema = z.object({
  EGRESS_GATEWAY_TOKEN: z
    .string()
    .min(16, "must be at least 16 characters; generate one with: openssl rand -hex 32")
    .describe("Secret shared with the workers that may go out through it. Also as EGRESS_GATEWAY_TOKEN_FILE."),
  HOST: z.string().min(1).default("127.0.0.1").describe("Address that it listens on: one that only workers reach."),
  EGRESS_GATEWAY_PORT: integer(0, 65_535).default(3128).describe("Port that it listens on; 0 takes any free one."),
  EGRESS_REFUSED_CIDRS: refusedCidrsSchema
    .default(() => [])
    .describe("Networks that nobody may connect to although they are public."),
  EGRESS_GATEWAY_CONNECTIONS: integer(1, 1_000_000).default(10_000).describe("Connections at once; more are refused."),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least severe level that is logged."),
});

export interface GatewayConfig {
  token: string;
  host: string;
  port: number;
  refusedCidrs: readonly RefusedCidr[];
  mostConnections: number;
  logLevel: z.infer<typeof environmentSchema>["LOG_LEVEL"];
}

/** All problems of the environment at once, one line each, each naming its variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Throws ConfigError. `readText` reads a file; it is a parameter for tests. */
export function loadConfig(
  env: Record<string, string | undefined>,
  readText: (path: string) => string = (path) => readFileSync(path, "utf8"),
): GatewayConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const file = given["EGRESS_GATEWAY_TOKEN_FILE"];
  try {
    if (file !== undefined) given["EGRESS_GATEWAY_TOKEN"] ??= readText(file).trim();
  } catch {
    throw new ConfigError(`EGRESS_GATEWAY_TOKEN_FILE: cannot read ${file}`);
  }
  const parsed = environmentSchema.safeParse(given, {
    error: (issue) => (issue.input === undefined ? "is required" : undefined),
  });
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  const values = parsed.data;
  return {
    token: values.EGRESS_GATEWAY_TOKEN,
    host: values.HOST,
    port: values.EGRESS_GATEWAY_PORT,
    refusedCidrs: values.EGRESS_REFUSED_CIDRS,
    mostConnections: values.EGRESS_GATEWAY_CONNECTIONS,
    logLevel: values.LOG_LEVEL,
  };
}

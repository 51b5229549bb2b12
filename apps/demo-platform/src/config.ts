import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Everything that can be set, all of it optional. */
export const configSchema = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(4100)
    .describe("Port to listen on with HTTPS; 0 takes any free one."),
  HOST: z.string().min(1).default("127.0.0.1").describe("Address to listen on."),
  CERT_DIR: z
    .string()
    .min(1)
    .default(fileURLToPath(new URL("../../../.attestream/dev-ca", import.meta.url)))
    .describe("Folder of the development CA and the bank's certificate; made when missing."),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least severe log line to print."),
});

export type Config = z.infer<typeof configSchema>;

/** Throws an Error that names every wrong variable at once. */
export function loadConfig(env: Record<string, string | undefined>): Config {
  // A variable that is set but empty means "not set", as shells and compose files write it.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`Demo Bank cannot start with this environment:\n${problems.join("\n")}`);
}

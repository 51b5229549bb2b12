import { join } from "node:path";
import { z } from "zod";

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);

/** What the standalone itself reads; everything else goes to the parts, which check it. */
export const environmentSchema = z.object({
  PORT: port(4000).describe("port of the API"),
  PARTNER_PORT: port(4001).describe("port of the demo partner"),
  BANK_PORT: port(4100).describe("port of the Demo Bank, https"),
  WORKER_PORT: port(4300).describe("port at which the API reaches the worker"),
  DATA_DIR: z
    .string()
    .min(1)
    .default(join(import.meta.dirname, "../../../.attestream/data"))
    .describe("folder of the embedded database and the keys"),
});

export type StandaloneConfig = z.infer<typeof environmentSchema>;

/** Throws an Error that lists every problem at once. */
export function loadConfig(environment: NodeJS.ProcessEnv): StandaloneConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`These settings are not valid:\n${problems.join("\n")}`);
}

import { join } from "node:path";
import { z } from "zod";

const port = z.coerce.number("must be a port number").int().min(0).max(65_535);

/** What the standalone itself reads; everything else goes to the parts, which check it. */
export const environmentSchema = z.object({
  PORT: port.default(4000).describe("port of the API; 0 takes free ones for every part"),
  PARTNER_PORT: port.optional().describe("port of the demo partner; default PORT + 1"),
  BANK_PORT: port.optional().describe("port of the Demo Bank, https; default PORT + 100"),
  ATTESTOR_PORT: port.optional().describe("port of the attestor; default PORT + 200"),
  WORKER_PORT: port.optional().describe("port at which the API reaches the worker; default PORT + 300"),
  DATA_DIR: z
    .string()
    .min(1)
    .default(join(import.meta.dirname, "../../../.attestream/data"))
    .describe("folder of the embedded database and the keys, those of the attestor among them"),
});

export interface StandaloneConfig {
  dataDir: string;
  /** 0: any free one. */
  ports: { api: number; partner: number; bank: number; worker: number; attestor: number };
}

/** Throws an Error that lists every problem at once. */
export function loadConfig(environment: NodeJS.ProcessEnv): StandaloneConfig {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`The configuration is not valid:\n${problems.join("\n")}`);
  }
  const { PORT, PARTNER_PORT, BANK_PORT, ATTESTOR_PORT, WORKER_PORT, DATA_DIR } = parsed.data;
  // Counted from the API's, so that a second system beside the first needs one setting.
  const beside = (distance: number) => (PORT === 0 ? 0 : PORT + distance);
  return {
    dataDir: DATA_DIR,
    ports: {
      api: PORT,
      partner: PARTNER_PORT ?? beside(1),
      bank: BANK_PORT ?? beside(100),
      attestor: ATTESTOR_PORT ?? beside(200),
      worker: WORKER_PORT ?? beside(300),
    },
  };
}

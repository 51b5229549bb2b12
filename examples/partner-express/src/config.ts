import { z } from "zod";

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });

const configSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4001).describe("Port to listen on; 0 takes any free one."),
  HOST: z.string().min(1).default("127.0.0.1").describe("Address to listen on."),
  API_URL: httpUrl.default("http://localhost:4000").describe("Where the Attestream API is."),
  API_KEY: z
    .string({ error: "is missing; take the API key that the first start of Attestream has printed" })
    .min(1)
    .describe("Your API key."),
  WEBHOOK_SECRET: z
    .string({ error: "is missing; take the secret (whsec_…) that came with the API key" })
    .startsWith("whsec_", "must start with whsec_")
    .describe("The secret that your webhooks are signed with."),
  WEBHOOK_URL: httpUrl
    .optional()
    .describe("Where Attestream reaches /webhooks/attestream; this process's own address when not set."),
  FRAME_ORIGIN: httpUrl.optional().describe("Origin of embed URLs, where it is not that of API_URL."),
  ATTESTORS_FILE: z
    .string()
    .optional()
    .describe(
      "JWKS of the attestors whom you trust; those that Attestream names when not set, which is fit for a demo.",
    ),
  PLATFORM: z.string().min(1).default("demo-bank").describe("Name of the platform to verify."),
});

export type Config = z.infer<typeof configSchema>;

/** Throws an Error that names every wrong variable at once. */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The demo partner cannot start with this environment:\n${problems.join("\n")}`);
}

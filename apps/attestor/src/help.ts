import type { z } from "zod";
import { environmentSchema } from "./config.ts";

/** What `--help` prints: every setting, from the schema itself. */
export function helpText(): string {
  const settings = Object.entries(environmentSchema.shape).map(
    ([name, field]) => `  ${name.padEnd(26)}${(field as z.ZodType).description ?? ""}`,
  );
  return [
    "Attestor: witnesses TLS connections for the workers of an Attestream installation, and signs what it saw.",
    "",
    "Settings, by environment variable:",
    ...settings,
    "",
    "Its public key: GET /.well-known/jwks.json. Whether it serves: GET /healthz.",
    "",
  ].join("\n");
}

import type { StandaloneConfig } from "./config.ts";
import type { System } from "./system.ts";

/** What `npm start` prints once everything serves. The first key is shown here and never again. */
export function describeSystem(system: System, config: StandaloneConfig): string {
  const key = system.firstKey ?? "<your API key>";
  const lines = [
    "",
    "Attestream is running. Stop it with Ctrl-C.",
    "",
    `  Start here     ${system.apiUrl}`,
    `  Demo           ${system.partnerUrl}   a partner's page with the iframe`,
    `  Demo Bank      https://bank.demo.test   inside the streamed browser only`,
    `  Data           ${config.dataDir}`,
    "",
    ...(system.firstKey
      ? ["  Your first API key, shown this once:", `    ${system.firstKey}`]
      : ["  Your API key is the one of the first start, or of BOOTSTRAP_API_KEY."]),
    ...(system.firstWebhookSecret
      ? ["  The secret that signs your webhooks, shown this once:", `    ${system.firstWebhookSecret}`]
      : []),
    "",
    "  Create a session:",
    `    curl -s ${system.apiUrl}/partner/browser-session -H 'x-api-key: ${key}' \\`,
    `      -H 'content-type: application/json' -d '{"platformId": 1}'`,
    "",
    "",
  ];
  return lines.join("\n");
}

import type { DemoOutcome } from "./run-demo-verification.ts";
import type { Timeline } from "./timeline.ts";

/** Prints the result for people and, as the last line, for programs. Returns the exit code. */
export function printDemoReport({ session, attestation, webhook, picture }: DemoOutcome, timeline: Timeline): 0 | 1 {
  const lines = [
    "",
    `Status       ${session.status}${session.errorCode ? ` / ${session.errorCode}` : ""}`,
    `Data         ${JSON.stringify(session.extractedData, null, 2).replaceAll("\n", "\n             ")}`,
    `Attestation  ${attestation.ok ? `verified, signed with key ${attestation.kid}` : `refused: ${attestation.message}`}`,
    `Webhook      ${webhook.ok ? "received and verified" : "not verified"}`,
    `Picture      ${picture}`,
    "",
    JSON.stringify({
      status: session.status,
      extractedData: session.extractedData,
      attestation: { ok: attestation.ok },
      webhook: { ok: webhook.ok },
      ms: timeline.milliseconds(),
    }),
    "",
  ];
  process.stdout.write(lines.join("\n"));
  return session.status === "COMPLETED" && attestation.ok && webhook.ok ? 0 : 1;
}

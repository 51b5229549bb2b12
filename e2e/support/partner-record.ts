import { setTimeout as delay } from "node:timers/promises";
import { webhookPayloadSchema } from "@attestream/shared/partner-api";
import { z } from "zod";

const recordSchema = z.looseObject({
  webhook: z.looseObject({ ok: z.boolean(), payload: webhookPayloadSchema }).nullish(),
});

/** What the demo partner's server has received by webhook, its signature verified; waits until there is something. */
export async function receivedWebhook(partnerUrl: string, sessionId: string, signal: AbortSignal) {
  for (;;) {
    const response = await fetch(`${partnerUrl}/api/verifications/${sessionId}`, { signal });
    const { webhook } = recordSchema.parse(await response.json());
    if (webhook) return webhook;
    await delay(100, undefined, { signal });
  }
}

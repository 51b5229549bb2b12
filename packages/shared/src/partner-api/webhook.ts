import { z } from "zod";
import { errorCodeSchema } from "../error-codes.ts";
import { sessionIdSchema } from "../ids.ts";
import { extractedDataSchema, jsonSchema } from "../json.ts";
import { sessionStatusSchema } from "../statuses.ts";
import { statusReasonSchema } from "./sessions.ts";

/**
 * The body that a partner's `webhookUrl` receives once when its session ends, and on the way where it
 * asked for that. The first five fields are the documented ones; the rest is additive. Headers are
 * those of Standard Webhooks.
 */
export const webhookPayloadSchema = z.object({
  sessionId: sessionIdSchema,
  status: sessionStatusSchema.describe("Terminal, unless the session asked for other events."),
  externalReferenceId: z.string().optional(),
  extractedData: extractedDataSchema.nullable(),
  completedAt: z.iso.datetime().nullable().describe("null only while the session has not ended."),
  event: z.string(),
  platformId: z.int(),
  createdAt: z.iso.datetime(),
  seq: z
    .int()
    .optional()
    .describe(
      "Counts up within the session, as in its log. A webhook that was tried again may come after a later one.",
    ),
  proofHash: z.string().optional(),
  errorCode: errorCodeSchema.optional(),
  statusReason: statusReasonSchema.optional(),
  metadata: z.record(z.string(), jsonSchema).optional(),
});

export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;

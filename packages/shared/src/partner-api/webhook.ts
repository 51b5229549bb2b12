import { z } from "zod";
import { errorCodeSchema } from "../error-codes.ts";
import { sessionIdSchema } from "../ids.ts";
import { extractedDataSchema, jsonSchema } from "../json.ts";
import { terminalStatuses } from "../statuses.ts";
import { statusReasonSchema } from "./sessions.ts";

/**
 * The body that a partner's `webhookUrl` receives, once per session. The first five fields are the
 * documented ones; the rest is additive. Headers are those of Standard Webhooks.
 */
export const webhookPayloadSchema = z.object({
  sessionId: sessionIdSchema,
  status: z.enum(terminalStatuses),
  externalReferenceId: z.string().optional(),
  extractedData: extractedDataSchema.nullable(),
  completedAt: z.iso.datetime(),
  event: z.string(),
  platformId: z.int(),
  createdAt: z.iso.datetime(),
  proofHash: z.string().optional(),
  errorCode: errorCodeSchema.optional(),
  statusReason: statusReasonSchema.optional(),
  metadata: z.record(z.string(), jsonSchema).optional(),
});

export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;

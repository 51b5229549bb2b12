import { z } from "zod";

/** Every successful answer of the partner API is wrapped in this. */
export function successEnvelope<T extends z.ZodType>(data: T) {
  return z.strictObject({ status: z.literal("success"), data });
}

export const errorEnvelopeSchema = z.strictObject({
  status: z.literal("error"),
  error: z.strictObject({
    type: z.string(),
    code: z.string(),
    message: z.string(),
    param: z.string().optional(),
    retriable: z.boolean(),
    requestId: z.string(),
    docUrl: z.string(),
    details: z.unknown().optional(),
  }),
});

export type ErrorEnvelope = z.infer<typeof errorEnvelopeSchema>;

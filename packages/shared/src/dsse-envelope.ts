import { z } from "zod";

const base64 = () => z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

/** What an attestor signed, in the form of the Dead Simple Signing Envelope: an in-toto statement, base64. */
export const dsseEnvelopeSchema = z.strictObject({
  payloadType: z.literal("application/vnd.in-toto+json"),
  payload: base64().max(65_536),
  signatures: z
    .array(z.strictObject({ keyid: z.string().max(200), sig: base64().max(200) }))
    .min(1)
    .max(4),
});

export type DsseEnvelope = z.infer<typeof dsseEnvelopeSchema>;

import { z } from "zod";
import { attestedEvidenceSchema } from "../worker-protocol/evidence.ts";
import { attestorRefusalCodes } from "./refusals.ts";
import { connectionIdSchema, requestIdSchema } from "./up.ts";

/** Attestor -> worker, after the handshake. */
export const attestorDownMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("ticket.given"),
    id: requestIdSchema,
    connection: connectionIdSchema,
    /** For the CONNECT request: good for 30 seconds, and once. */
    ticket: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  }),
  z.strictObject({ type: z.literal("evidence.given"), id: requestIdSchema, evidence: attestedEvidenceSchema }),
  z.strictObject({
    type: z.literal("refused"),
    id: requestIdSchema,
    code: z.enum(attestorRefusalCodes),
    /** Which refusal of the TLS core it is. */
    detail: z
      .string()
      .regex(/^[a-z_]{1,40}$/)
      .optional(),
  }),
]);

export type AttestorDownMessage = z.infer<typeof attestorDownMessageSchema>;

import { z } from "zod";
import { errorCodeSchema } from "../error-codes.ts";
import { sessionIdSchema } from "../ids.ts";
import { extractedDataSchema, jsonSchema } from "../json.ts";
import { sessionStatusSchema } from "../statuses.ts";

export const maxExpiresInHours = 168;

/** Body of `POST /partner/browser-session`. Unknown fields are ignored and named in `warnings`. */
export const createSessionRequestSchema = z.object({
  platformId: z.int().positive(),
  receiverData: z.record(z.string(), jsonSchema).optional(),
  expiresInHours: z.int().min(1).max(maxExpiresInHours).default(maxExpiresInHours),
  webhookUrl: z.string().max(2048).optional(),
  externalReferenceId: z.string().min(1).max(255).optional(),
  /** false where the partner has already asked its user for consent. */
  consent: z.boolean().default(true),
  /** Bound into the attestation. */
  nonce: z.string().min(1).max(255).optional(),
  locale: z.string().max(35).optional(),
  theme: z.enum(["light", "dark", "auto"]).optional(),
  metadata: z.record(z.string(), jsonSchema).optional(),
  /** Origins that may embed the frame; default: any https origin and loopback. */
  allowedOrigins: z.array(z.url()).max(20).optional(),
});

export type CreateSessionRequest = z.infer<typeof createSessionRequestSchema>;

export const createdSessionSchema = z.strictObject({
  sessionId: sessionIdSchema,
  status: z.literal("CREATED"),
  embedUrl: z.url(),
  platformId: z.int(),
  expiresAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  externalReferenceId: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});

export type CreatedSession = z.infer<typeof createdSessionSchema>;

export const statusReasonSchema = z.strictObject({
  code: errorCodeSchema,
  category: z.string(),
  retriable: z.boolean(),
});

export type StatusReason = z.infer<typeof statusReasonSchema>;

/** `GET /partner/browser-session/:id`. Optional fields are absent, never empty. */
export const sessionSchema = z.strictObject({
  sessionId: sessionIdSchema,
  status: sessionStatusSchema,
  progress: z.int().min(0).max(100),
  embedUrl: z.url(),
  streamUrl: z.string().nullable(),
  platformId: z.int(),
  platform: z.strictObject({
    id: z.int(),
    name: z.string(),
    displayName: z.string(),
    icon: z.string().nullable(),
    loginUrl: z.string(),
  }),
  expiresAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  completedAt: z.iso.datetime().nullable(),
  externalReferenceId: z.string().optional(),
  /** Only on ERROR; null otherwise. */
  errorMessage: z.string().nullable(),
  errorCode: errorCodeSchema.nullable(),
  /** On the other terminal statuses that have a reason. */
  statusReason: statusReasonSchema.optional(),
  hasAttestation: z.literal(true).optional(),
  extractedData: extractedDataSchema.nullable(),
  metadata: z.record(z.string(), jsonSchema).optional(),
});

export type Session = z.infer<typeof sessionSchema>;

/** Query of `GET /partner/browser-sessions`. */
export const listSessionsQuerySchema = z.object({
  status: sessionStatusSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

export const sessionListSchema = z.strictObject({
  sessions: z.array(
    z.strictObject({
      sessionId: sessionIdSchema,
      status: sessionStatusSchema,
      platformId: z.int(),
      createdAt: z.iso.datetime(),
      completedAt: z.iso.datetime().nullable(),
    }),
  ),
  total: z.int().min(0),
  limit: z.int(),
  offset: z.int(),
});

export type SessionList = z.infer<typeof sessionListSchema>;

/** `GET /partner/browser-session/:id/attestation`. */
export const attestationResponseSchema = z.strictObject({
  sessionId: sessionIdSchema,
  /** `dc+sd-jwt`: an SD-JWT VC in compact form, with all its disclosures. */
  format: z.literal("dc+sd-jwt"),
  attestation: z.string(),
  /** Lower-case hex SHA-256 of `attestation`; the webhook carries the same. */
  proofHash: z.string().regex(/^[0-9a-f]{64}$/),
  issuer: z.url(),
  jwksUrl: z.url(),
  issuedAt: z.iso.datetime(),
});

export type AttestationResponse = z.infer<typeof attestationResponseSchema>;

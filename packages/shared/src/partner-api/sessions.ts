import { z } from "zod";
import { disclosureSchema } from "../disclosure.ts";
import { dsseEnvelopeSchema } from "../dsse-envelope.ts";
import { errorCodeSchema } from "../error-codes.ts";
import { sessionIdSchema } from "../ids.ts";
import { extractedDataSchema, jsonSchema } from "../json.ts";
import { sessionStatusSchema } from "../statuses.ts";
import { logProofSchema } from "./log.ts";
import { progressWebhookEvents } from "./webhook-events.ts";
import { wholeNumber } from "./whole-number.ts";

export const maxExpiresInHours = 168;

/** Body of `POST /partner/browser-session`. Unknown fields are ignored and named in `warnings`. */
export const createSessionRequestSchema = z.object({
  platformId: z.int().positive().describe("Id from GET /partner/browser-platforms."),
  receiverData: z
    .record(z.string(), jsonSchema)
    .optional()
    .describe("About the person who verifies: name, email, phone and the like. Stored encrypted."),
  expiresInHours: z
    .int()
    .min(1)
    .max(maxExpiresInHours)
    .default(maxExpiresInHours)
    .describe("Life of the session in hours; 168 when not given."),
  webhookUrl: z
    .string()
    .max(2048)
    .optional()
    .describe("Hears of the end of the session. https, with a valid top-level domain."),
  webhookEvents: z
    .array(z.enum(progressWebhookEvents))
    .max(progressWebhookEvents.length)
    .optional()
    .describe("Statuses on the way that webhookUrl hears of besides; the end is always told."),
  customUrl: z
    .string()
    .max(2048)
    .optional()
    .describe("Where the login begins instead of the platform's loginUrl; only where allowCustomUrl is true."),
  externalReferenceId: z.string().min(1).max(255).optional().describe("Your own id for this session."),
  consent: z.boolean().default(true).describe("false where you have asked the end user for consent already."),
  nonce: z.string().min(1).max(255).optional().describe("Bound into the attestation."),
  credential: z
    .boolean()
    .default(false)
    .describe("true: a credential can be got at the end, from which predicate proofs are made offline."),
  disclosure: disclosureSchema
    .default("full")
    .describe("What of the account's data you receive: all, some fields, or only answers to questions about them."),
  locale: z.string().max(35).optional().describe("Language of the frame, as a BCP 47 tag."),
  theme: z.enum(["light", "dark", "auto"]).optional().describe("Colours of the frame."),
  metadata: z.record(z.string(), jsonSchema).optional().describe("Given back with the session and its webhook."),
  allowedOrigins: z
    .array(z.url())
    .max(20)
    .optional()
    .describe("Origins that may embed the frame; default: any https origin, and loopback."),
});

export type CreateSessionRequest = z.infer<typeof createSessionRequestSchema>;

export const createdSessionSchema = z.strictObject({
  sessionId: sessionIdSchema,
  status: z.literal("CREATED"),
  embedUrl: z.url().describe("Load it in an iframe. Its token can be redeemed once."),
  platformId: z.int(),
  expiresAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  externalReferenceId: z.string().optional().describe("Only if it was given."),
  warnings: z.array(z.string()).optional().describe("Names fields of the request that were ignored."),
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
  progress: z.int().min(0).max(100).describe("Percent. Never falls."),
  embedUrl: z.url().describe("With a fresh token while the session can still be entered."),
  streamUrl: z.string().nullable().describe("WebSocket of the viewer, while a worker holds the session."),
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
  completedAt: z.iso.datetime().nullable().describe("When the terminal status was reached; null before."),
  customUrl: z.url().optional().describe("Only if it was given, and not erased since."),
  externalReferenceId: z.string().optional().describe("Only if it was given."),
  errorMessage: z.string().nullable().describe("Only on ERROR; null otherwise."),
  errorCode: errorCodeSchema.nullable().describe("Only on ERROR; null otherwise."),
  statusReason: statusReasonSchema.optional().describe("On the other terminal statuses that have a reason."),
  hasAttestation: z.literal(true).optional().describe("Present, and true, when there is an attestation."),
  extractedData: extractedDataSchema
    .nullable()
    .describe("What was read; only on COMPLETED and PARTIAL_COMPLETE, null otherwise."),
  metadata: z.record(z.string(), jsonSchema).optional().describe("Only if it was given."),
  dataErasedAt: z.iso
    .datetime()
    .optional()
    .describe("When its data was erased, at your request or because it was kept for as long as it is kept here."),
});

export type Session = z.infer<typeof sessionSchema>;

/** Query of `GET /partner/browser-sessions`. */
export const listSessionsQuerySchema = z.object({
  status: sessionStatusSchema.optional().describe("Only sessions of this status."),
  limit: wholeNumber(1, 100).default(20).describe("Sessions per page."),
  offset: wholeNumber(0, 1_000_000).default(0).describe("Sessions to skip."),
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
  total: z.int().min(0).describe("Sessions that fit the filter."),
  limit: z.int().describe("The limit of this request."),
  offset: z.int().describe("The offset of this request."),
});

export type SessionList = z.infer<typeof sessionListSchema>;

/** Why an attestation was revoked: a closed list, so that nothing about a person is kept here. */
export const revocationReasons = ["unspecified", "issued_in_error", "data_incorrect", "fraud", "superseded"] as const;

/** Body of `POST /partner/browser-session/:id/attestation/revoke`. */
export const revokeRequestSchema = z.object({
  reason: z.enum(revocationReasons).default("unspecified").describe("Why; kept in the audit log and in the status."),
});

/** As the Token Status List of the issuer says it too. */
export const attestationStatusSchema = z.strictObject({
  uri: z.url().describe("The status list, a signed list of one bit for each attestation."),
  index: z.int().min(0).describe("The attestation's place in it."),
  revoked: z.boolean(),
  revokedAt: z.iso.datetime().optional(),
  reason: z.enum(revocationReasons).optional(),
});

export type AttestationStatus = z.infer<typeof attestationStatusSchema>;

/** `POST /partner/browser-session/:id/attestation/revoke`. The same answer every time. */
export const revocationSchema = z.strictObject({
  sessionId: sessionIdSchema,
  revokedAt: z.iso.datetime(),
  reason: z.enum(revocationReasons),
});

export type Revocation = z.infer<typeof revocationSchema>;

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
  mode: z
    .enum(["signed", "passive", "replay"])
    .describe("The weakest of what its parts rest on: the issuer's word alone, or what an attestor witnessed."),
  evidence: z.array(dsseEnvelopeSchema).max(20).describe("What attestors signed, one for each part."),
  attestorsUrl: z.url().describe("Keys of the attestors that this installation works with."),
  log: logProofSchema.optional().describe("Absent for attestations that are older than the log."),
  status: attestationStatusSchema.optional().describe("Absent for attestations that cannot be revoked."),
});

export type AttestationResponse = z.infer<typeof attestationResponseSchema>;

/** `GET /partner/browser-session/:id/credential`. */
export const credentialResponseSchema = z.strictObject({
  sessionId: sessionIdSchema,
  /** For `attestream prove`, or derivePresentation. */
  credential: z.looseObject({ type: z.string() }).describe("Holds the data itself: keep it as carefully."),
  issuer: z.url(),
  bbsKeysUrl: z.url().describe("Keys that proofs made from it are checked with."),
});

export type CredentialResponse = z.infer<typeof credentialResponseSchema>;

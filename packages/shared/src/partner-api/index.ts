export { errorEnvelopeSchema, successEnvelope, type ErrorEnvelope } from "./envelope.ts";
export { erasureSchema, type Erasure } from "./erasure.ts";
export {
  rotatedApiKeySchema,
  rotatedWebhookSecretSchema,
  rotateRequestSchema,
  webhookSecretsSchema,
  type RotatedApiKey,
  type RotatedWebhookSecret,
  type WebhookSecrets,
} from "./keys.ts";
export {
  consistencyQuerySchema,
  inclusionQuerySchema,
  logCheckpointSchema,
  logConsistencySchema,
  logEntriesQuerySchema,
  logEntriesSchema,
  logProofSchema,
  type LogCheckpoint,
  type LogConsistency,
  type LogEntries,
  type LogProof,
} from "./log.ts";
export { platformListSchema, platformSchema, type Platform } from "./platforms.ts";
export {
  sessionEventsQuerySchema,
  sessionEventsSchema,
  sessionLogEntrySchema,
  type SessionEvents,
  type SessionLogEntry,
} from "./session-events.ts";
export {
  attestationResponseSchema,
  credentialResponseSchema,
  attestationStatusSchema,
  createdSessionSchema,
  createSessionRequestSchema,
  listSessionsQuerySchema,
  maxExpiresInHours,
  revocationReasons,
  revocationSchema,
  revokeRequestSchema,
  sessionListSchema,
  sessionSchema,
  statusReasonSchema,
  type AttestationResponse,
  type CredentialResponse,
  type AttestationStatus,
  type CreatedSession,
  type CreateSessionRequest,
  type Revocation,
  type Session,
  type SessionList,
  type StatusReason,
} from "./sessions.ts";
export {
  listDeliveriesQuerySchema,
  replayedRangeSchema,
  replayRangeRequestSchema,
  webhookDeliveryListSchema,
  webhookDeliveryDetailSchema,
  webhookDeliverySchema,
  webhookTestRequestSchema,
  type ReplayedRange,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookDeliveryList,
} from "./webhook-deliveries.ts";
export { progressWebhookEvents, webhookEvents, type ProgressWebhookEvent } from "./webhook-events.ts";
export { webhookPayloadSchema, type WebhookPayload } from "./webhook.ts";

export {
  verifyAttestation,
  type NotProven,
  type Proven,
  type Refusal,
  type VerifyOptions,
  type VerifyResult,
} from "@attestream/attestation/verify";
export type {
  AttestationResponse,
  CreatedSession,
  Erasure,
  Platform,
  RotatedApiKey,
  RotatedWebhookSecret,
  SessionList,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookSecrets,
} from "@attestream/shared/partner-api";
export { AttestreamError } from "./client/attestream-error.ts";
export {
  createClient,
  type CallOptions,
  type Client,
  type ClientOptions,
  type CreateOptions,
  type DeliveriesOptions,
  type EventsOptions,
  type ListOptions,
  type NewSession,
  type RotateOptions,
} from "./client/create-client.ts";
export type { Session, SessionEvents, WebhookPayload } from "./client/schemas.ts";
export { verifyWebhook, WebhookVerificationError, type WebhookRequest } from "./webhook/verify-webhook.ts";

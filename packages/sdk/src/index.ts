export {
  verifyAttestation,
  verifyErasureReceipt,
  type ErasureReceiptOptions,
  type ErasureReceiptResult,
  type NotProven,
  type Proven,
  type Refusal,
  type VerifyOptions,
  type VerifyResult,
  type Witness,
} from "@attestream/attestation/verify";
export type {
  AttestationResponse,
  CreatedSession,
  CredentialResponse,
  Erasure,
  Platform,
  ReplayedRange,
  Revocation,
  RotatedApiKey,
  RotatedWebhookSecret,
  SessionList,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryList,
  WebhookSecrets,
} from "@attestream/shared/partner-api";
export { AttestreamError } from "./client/attestream-error.ts";
export {
  createClient,
  type CallOptions,
  type CheckOptions,
  type Client,
  type ClientOptions,
  type CreateOptions,
  type DeliveriesOptions,
  type EventsOptions,
  type FollowOptions,
  type ListOptions,
  type NewSession,
  type ReplayRange,
  type RevokeOptions,
  type RotateOptions,
} from "./client/create-client.ts";
export type { Session, SessionEvent, SessionEvents, WebhookPayload } from "./client/schemas.ts";
export { verifyWebhook, WebhookVerificationError, type WebhookRequest } from "./webhook/verify-webhook.ts";

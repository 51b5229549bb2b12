import { z } from "zod";

const overlapHoursSchema = z.number().min(0).max(168).default(24);

/** Body of `POST /partner/api-keys/rotate` and `POST /partner/webhook-secrets/rotate`. 0: the old one ends at once. */
export const rotateRequestSchema = z.object({ overlapHours: overlapHoursSchema });

/** `POST /partner/api-keys/rotate`: told this once. */
export const rotatedApiKeySchema = z.strictObject({
  apiKey: z.string(),
  /** The first characters, to tell keys apart. */
  prefix: z.string(),
  mode: z.enum(["live", "test"]),
  createdAt: z.iso.datetime(),
  /** The key that asked. */
  previous: z.strictObject({ prefix: z.string(), expiresAt: z.iso.datetime() }),
});

export type RotatedApiKey = z.infer<typeof rotatedApiKeySchema>;

const webhookSecretSchema = z.strictObject({
  /** First 12 hex digits of the SHA-256 of the secret as text. */
  fingerprint: z.string().regex(/^[0-9a-f]{12}$/),
  /** null for the current one. */
  expiresAt: z.iso.datetime().nullable(),
});

/** `GET /partner/webhook-secrets`: those that webhooks are signed with, newest first. */
export const webhookSecretsSchema = z.strictObject({ secrets: z.array(webhookSecretSchema) });

export type WebhookSecrets = z.infer<typeof webhookSecretsSchema>;

/** `POST /partner/webhook-secrets/rotate`: the new secret is told this once. */
export const rotatedWebhookSecretSchema = webhookSecretsSchema.extend({
  webhookSecret: z.string().startsWith("whsec_"),
});

export type RotatedWebhookSecret = z.infer<typeof rotatedWebhookSecretSchema>;

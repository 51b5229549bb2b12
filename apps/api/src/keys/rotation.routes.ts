import type { RequestHandler } from "express";
import {
  rotateRequestSchema,
  type RotatedApiKey,
  type RotatedWebhookSecret,
  type WebhookSecrets,
} from "@attestream/shared/partner-api";
import { parseInput } from "../http/parse-input.ts";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import { prefixOf } from "./api-key.ts";
import type { createKeyRotation } from "./key-rotation.ts";
import type { WebhookSecretStore } from "./webhook-secret-store.ts";
import { fingerprintOf, type WebhookSecret } from "./webhook-secrets.ts";

const hourMs = 3_600_000;

/** `POST /partner/api-keys/rotate` */
export function rotateKeyRoute(rotate: ReturnType<typeof createKeyRotation>): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response);
    const { overlapHours } = parseInput(rotateRequestSchema, request.body);
    const { key, createdAt, previousPrefix, previousEndsAt } = await rotate(partner, overlapHours * hourMs);
    const answer: RotatedApiKey = {
      apiKey: key,
      prefix: prefixOf(key),
      mode: partner.mode,
      createdAt: createdAt.toISOString(),
      previous: { prefix: previousPrefix, expiresAt: previousEndsAt.toISOString() },
    };
    sendSuccess(response, answer, 201);
  };
}

/** `GET /partner/webhook-secrets` */
export function webhookSecretsRoute(store: WebhookSecretStore): RequestHandler {
  return async (_request, response) => sendSuccess(response, present(await store.read(partnerOf(response).id)));
}

/** `POST /partner/webhook-secrets/rotate` */
export function rotateWebhookSecretRoute(store: WebhookSecretStore): RequestHandler {
  return async (request, response) => {
    const { overlapHours } = parseInput(rotateRequestSchema, request.body);
    const partner = partnerOf(response);
    const secrets = await store.rotate(partner.id, overlapHours * hourMs, partner.actor);
    const answer: RotatedWebhookSecret = { webhookSecret: secrets[0]?.secret ?? "", ...present(secrets) };
    sendSuccess(response, answer, 201);
  };
}

function present(secrets: readonly WebhookSecret[]): WebhookSecrets {
  return {
    secrets: secrets.map(({ secret, expiresAt }) => ({
      fingerprint: fingerprintOf(secret),
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
  };
}

import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Sealer } from "../storage/encryption.ts";

const secretsSchema = z.array(z.string().startsWith("whsec_")).min(1);
const aad = (partnerId: string) => `partners.webhook_secrets_enc:${partnerId}`;

export function newWebhookSecret(random: (size: number) => Buffer = randomBytes): string {
  return `whsec_${random(32).toString("base64")}`;
}

/** A partner's webhook secrets as they are stored: sealed, newest first. */
export function sealWebhookSecrets(sealer: Sealer, partnerId: string, secrets: readonly string[]): Uint8Array {
  return sealer.seal(JSON.stringify(secretsSchema.parse(secrets)), aad(partnerId));
}

/** `whsec_…`, newest first; never empty. */
export function openWebhookSecrets(sealer: Sealer, partner: { id: string; webhook_secrets_enc: Uint8Array }): string[] {
  return secretsSchema.parse(JSON.parse(sealer.openText(partner.webhook_secrets_enc, aad(partner.id))));
}

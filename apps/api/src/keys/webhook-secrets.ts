import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Sealer } from "../storage/encryption.ts";

/** A secret that webhooks are signed with. One that was replaced ends at a time. */
export interface WebhookSecret {
  secret: string;
  expiresAt: Date | null;
}

const secretSchema = z.string().startsWith("whsec_");
const storedSchema = z
  .array(
    z.union([
      // As the first release wrote them.
      secretSchema.transform((secret) => ({ secret, expiresAt: null })),
      z.object({ secret: secretSchema, expiresAt: z.coerce.date() }),
    ]),
  )
  .min(1);
const aad = (partnerId: string) => `partners.webhook_secrets_enc:${partnerId}`;

export function newWebhookSecret(random: (size: number) => Buffer = randomBytes): string {
  return `whsec_${random(32).toString("base64")}`;
}

/** A partner's webhook secrets as they are stored: sealed, newest first. */
export function sealWebhookSecrets(
  sealer: Sealer,
  partnerId: string,
  secrets: readonly (string | WebhookSecret)[],
): Uint8Array {
  const stored = secrets.map((entry) =>
    typeof entry === "string" || entry.expiresAt !== null ? entry : secretSchema.parse(entry.secret),
  );
  return sealer.seal(JSON.stringify(stored), aad(partnerId));
}

/** Those that have not ended, newest first; never empty. */
export function openWebhookSecrets(
  sealer: Sealer,
  partner: { id: string; webhook_secrets_enc: Uint8Array },
  now: Date,
): WebhookSecret[] {
  return storedSchema
    .parse(JSON.parse(sealer.openText(partner.webhook_secrets_enc, aad(partner.id))))
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}

/** Tells secrets apart without telling them. */
export function fingerprintOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 12);
}

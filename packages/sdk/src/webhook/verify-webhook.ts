import { Webhook } from "standardwebhooks";
import { clientWebhookSchema, type WebhookPayload } from "../client/schemas.ts";
import { parseTolerant } from "../parse-tolerant.ts";

export interface WebhookRequest {
  /** The body exactly as it came, before any JSON parsing. */
  payload: string | Uint8Array;
  /** The request's headers: Node's object or a `Headers`. */
  headers: Headers | Record<string, string | string[] | undefined>;
  /** Starts with `whsec_`. */
  secret: string;
}

export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
}

/** Answer 400 when this throws: somebody else may have sent the request, or the body was changed on its way. */
export function verifyWebhook({ payload, headers, secret }: WebhookRequest): WebhookPayload {
  const body = typeof payload === "string" ? payload : new TextDecoder().decode(payload);
  let content: unknown;
  try {
    content = new Webhook(secret).verify(body, {
      "webhook-id": headerOf(headers, "webhook-id"),
      "webhook-timestamp": headerOf(headers, "webhook-timestamp"),
      "webhook-signature": headerOf(headers, "webhook-signature"),
    });
  } catch (cause) {
    throw new WebhookVerificationError(
      `This is not a webhook signed with your secret: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  const parsed = parseTolerant(clientWebhookSchema, content);
  if (parsed.success) return parsed.data;
  throw new WebhookVerificationError("The signature is right, but the body is not a session's webhook.", {
    cause: parsed.error,
  });
}

function headerOf(headers: WebhookRequest["headers"], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

import { randomUUID } from "node:crypto";
import { verifyAttestation, type VerifyOptions, type VerifyResult } from "@attestream/attestation/verify";
import { isTerminal } from "@attestream/shared";
import {
  attestationResponseSchema,
  credentialResponseSchema,
  createdSessionSchema,
  erasureSchema,
  platformListSchema,
  replayedRangeSchema,
  revocationSchema,
  rotatedApiKeySchema,
  rotatedWebhookSecretSchema,
  sessionListSchema,
  webhookDeliveryListSchema,
  webhookDeliveryDetailSchema,
  webhookDeliverySchema,
  webhookSecretsSchema,
  type AttestationResponse,
  type CredentialResponse,
  type CreatedSession,
  type createSessionRequestSchema,
  type Erasure,
  type Platform,
  type ReplayedRange,
  type Revocation,
  type RotatedApiKey,
  type RotatedWebhookSecret,
  type SessionList,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookDeliveryList,
  type WebhookSecrets,
} from "@attestream/shared/partner-api";
import { z } from "zod";
import { AttestreamError } from "./attestream-error.ts";
import { followSession } from "./follow-session.ts";
import { repeatRequest } from "./repeat-request.ts";
import {
  clientSessionEventsSchema,
  clientSessionSchema,
  type Session,
  type SessionEvent,
  type SessionEvents,
} from "./schemas.ts";
import { sendRequest, type Connection } from "./send-request.ts";

export interface ClientOptions {
  /** Where the API is, for example `https://verify.example.com`. */
  baseUrl: string;
  apiKey: string;
  /** For tests, or to send through something of your own. */
  fetch?: typeof fetch;
  /** How the time between two looks or two tries is passed; for tests. */
  wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export type NewSession = z.input<typeof createSessionRequestSchema>;

export interface CallOptions {
  signal?: AbortSignal;
}

export interface CreateOptions extends CallOptions {
  /**
   * Of your choice, up to 255 characters: a repeated call with the same key within 24 hours gives the same session.
   * Left out, each call has one of its own, so that no try of it can make a second session.
   */
  idempotencyKey?: string;
}

export interface EventsOptions extends CallOptions {
  after?: number;
  /** 1 to 500; 100 when left out. */
  limit?: number;
}

export interface FollowOptions extends CallOptions {
  /** Only what came after this `seq`: where an earlier reader stopped. */
  after?: number;
}

export interface ListOptions extends CallOptions {
  status?: Session["status"];
  /** 1 to 100; 20 when left out. */
  limit?: number;
  offset?: number;
}

export interface Client {
  /** What can be verified; `id` goes into `createSession`. */
  platforms(options?: CallOptions): Promise<Platform[]>;
  /** Starts a verification; tries again by itself, up to three times, when the answer does not come. Give `embedUrl` to `mount()` in the user's browser, at once: it works for one visit. */
  createSession(session: NewSession, options?: CreateOptions): Promise<CreatedSession>;
  getSession(sessionId: string, options?: CallOptions): Promise<Session>;
  listSessions(options?: ListOptions): Promise<SessionList>;
  /** Ends a session that is still running. */
  terminate(sessionId: string, options?: CallOptions): Promise<Session>;
  /** What has happened to a session, oldest first; ask on with `after` set to the last `seq`. */
  sessionEvents(sessionId: string, options?: EventsOptions): Promise<SessionEvents>;
  /** Every event once, as it happens, until the session has ended; goes on by itself after a broken connection. */
  followSession(sessionId: string, options?: FollowOptions): AsyncIterable<SessionEvent>;
  /** The signed attestation of a session that `hasAttestation`. Check it with `verifyAttestation`. */
  attestation(sessionId: string, options?: CallOptions): Promise<AttestationResponse>;
  /** Fetches a session's attestation with all that belongs to it, and checks it. `attestors`: keys of those whom you trust, best from themselves. */
  checkedAttestation(sessionId: string, options?: CheckOptions): Promise<VerifyResult>;
  /** Says that a session's attestation counts no more, for good; its status list tells everybody. */
  revokeAttestation(sessionId: string, options?: RevokeOptions): Promise<Revocation>;
  /** The credential of a session that was created with `credential: true` and has an attestation: `attestream prove` makes predicate proofs from it. It holds the data itself. */
  credential(sessionId: string, options?: CallOptions): Promise<CredentialResponse>;
  /** Removes what a session that has ended knows of its user: data, attestation, receiverData, metadata. */
  eraseData(sessionId: string, options?: CallOptions): Promise<Erasure>;
  /** What became of your webhooks, newest first. */
  webhookDeliveries(options?: DeliveriesOptions): Promise<WebhookDeliveryList>;
  /** With how each attempt ended. */
  webhookDelivery(deliveryId: string, options?: CallOptions): Promise<WebhookDeliveryDetail>;
  /** Sends a webhook again that was delivered or given up, under its old id. */
  replayWebhook(deliveryId: string, options?: CallOptions): Promise<WebhookDelivery>;
  /** Sends again what was made in a time, for instance while your server was away. */
  replayWebhooks(range: ReplayRange, options?: CallOptions): Promise<ReplayedRange>;
  /** Sends a made-up webhook, once. `webhookDelivery` tells what came of it. */
  testWebhook(webhookUrl: string, options?: CallOptions): Promise<WebhookDelivery>;
  /** Makes a new API key, told this once. The present one lives on for `overlapHours` (24). This client keeps using the present one. */
  rotateApiKey(options?: RotateOptions): Promise<RotatedApiKey>;
  /** By fingerprint: which secrets your webhooks are signed with. */
  webhookSecrets(options?: CallOptions): Promise<WebhookSecrets>;
  /** Makes a new webhook secret, told this once. For `overlapHours` (24) webhooks are signed with both. */
  rotateWebhookSecret(options?: RotateOptions): Promise<RotatedWebhookSecret>;
  /** The public keys that attestations are signed with (a JWKS). Fetch them ahead; checking then needs no connection. */
  issuerKeys(options?: CallOptions): Promise<{ keys: Record<string, unknown>[] }>;
  /** The keys of the attestors that the issuer works with (a JWKS): the issuer's word on whom it asks. */
  attestorKeys(options?: CallOptions): Promise<{ keys: Record<string, unknown>[] }>;
  /** The signed status list that an attestation names (`status.uri`). Give it to `verifyAttestation` as `statusList`. */
  statusList(uri: string, options?: CallOptions): Promise<string>;
  /** Looks every `everyMs` (2 s) until the session has ended. A webhook tells sooner and costs less; bound the wait with `signal`. */
  waitForCompletion(sessionId: string, options?: CallOptions & { everyMs?: number }): Promise<Session>;
}

/** What you expect of an attestation; the keys, the evidence and the lists are fetched. */
export type CheckOptions = CallOptions &
  Omit<VerifyOptions, "jwks" | "evidence" | "log" | "statusList" | "sessionId" | "now"> & { now?: Date };

export interface RevokeOptions extends CallOptions {
  reason?: Revocation["reason"];
}

export interface DeliveriesOptions extends CallOptions {
  state?: WebhookDelivery["state"];
  sessionId?: string;
  event?: string;
  /** Made at or after, and before; ISO 8601. */
  from?: string;
  to?: string;
  /** 1 to 100; 20 when left out. */
  limit?: number;
  offset?: number;
}

export interface ReplayRange {
  /** Made at or after, and before; ISO 8601. */
  from: string;
  to: string;
  /** Only those; both when left out. */
  state?: "delivered" | "failed";
}

export interface RotateOptions extends CallOptions {
  /** 0 to 168; 0 ends the old one at once. */
  overlapHours?: number;
}

const keySetSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
const defaultEveryMs = 2_000;

/** A client of the partner API, for your server: the API key must never reach a browser. */
export function createClient(options: ClientOptions): Client {
  const connection: Connection = {
    baseUrl: parseBaseUrl(options.baseUrl),
    apiKey: options.apiKey,
    fetch: options.fetch ?? fetch,
  };
  if (options.apiKey === "")
    throw new TypeError("apiKey is empty; take one from the operator's dashboard or the first start's output");
  const pause = options.wait ?? wait;
  const sessionPath = (sessionId: string, rest = "") =>
    `/partner/browser-session/${encodeURIComponent(sessionId)}${rest}`;
  const deliveryPath = (deliveryId: string, rest = "") =>
    `/partner/webhook-deliveries/${encodeURIComponent(deliveryId)}${rest}`;

  const client: Client = {
    platforms: ({ signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: "/partner/browser-platforms",
        answer: platformListSchema,
        signal,
      }),
    createSession(session, { signal, idempotencyKey = randomUUID() } = {}) {
      const request = {
        method: "POST",
        path: "/partner/browser-session",
        body: session,
        headers: { "idempotency-key": idempotencyKey },
        answer: createdSessionSchema,
        signal,
      } as const;
      return repeatRequest(() => sendRequest(connection, request), pause, signal);
    },
    getSession: (sessionId, { signal } = {}) =>
      sendRequest(connection, { method: "GET", path: sessionPath(sessionId), answer: clientSessionSchema, signal }),
    listSessions: ({ signal, status, limit, offset } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: "/partner/browser-sessions",
        query: { status, limit, offset },
        answer: sessionListSchema,
        signal,
      }),
    terminate: (sessionId, { signal } = {}) =>
      sendRequest(connection, {
        method: "POST",
        path: sessionPath(sessionId, "/terminate"),
        answer: clientSessionSchema,
        signal,
      }),
    sessionEvents: (sessionId, { signal, after, limit } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: sessionPath(sessionId, "/events"),
        query: { after, limit },
        answer: clientSessionEventsSchema,
        signal,
      }),
    followSession: (sessionId, { signal, after = 0 } = {}) =>
      followSession({ connection, path: sessionPath(sessionId, "/events"), after, pause, signal }),
    attestation: (sessionId, { signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: sessionPath(sessionId, "/attestation"),
        answer: attestationResponseSchema,
        signal,
      }),
    async checkedAttestation(sessionId, { signal, now = new Date(), ...expected } = {}) {
      const call = signal && { signal };
      const { attestation, proofHash, evidence, log, status } = await client.attestation(sessionId, call);
      return verifyAttestation(attestation, {
        proofHash,
        ...expected,
        jwks: await client.issuerKeys(call),
        evidence,
        sessionId,
        now,
        ...(log === undefined ? {} : { log }),
        ...(status === undefined ? {} : { statusList: await client.statusList(status.uri, call) }),
      });
    },
    credential: (sessionId, { signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: sessionPath(sessionId, "/credential"),
        answer: credentialResponseSchema,
        signal,
      }),
    revokeAttestation: (sessionId, { signal, ...body } = {}) =>
      sendRequest(connection, {
        method: "POST",
        path: sessionPath(sessionId, "/attestation/revoke"),
        body,
        answer: revocationSchema,
        signal,
      }),
    eraseData: (sessionId, { signal } = {}) =>
      sendRequest(connection, {
        method: "DELETE",
        path: sessionPath(sessionId, "/data"),
        answer: erasureSchema,
        signal,
      }),
    webhookDeliveries: ({ signal, ...query } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: "/partner/webhook-deliveries",
        query,
        answer: webhookDeliveryListSchema,
        signal,
      }),
    webhookDelivery: (deliveryId, { signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: deliveryPath(deliveryId),
        answer: webhookDeliveryDetailSchema,
        signal,
      }),
    replayWebhook: (deliveryId, { signal } = {}) =>
      sendRequest(connection, {
        method: "POST",
        path: deliveryPath(deliveryId, "/replay"),
        answer: webhookDeliverySchema,
        signal,
      }),
    replayWebhooks: (body, { signal } = {}) =>
      sendRequest(connection, {
        method: "POST",
        path: "/partner/webhook-deliveries/replay",
        body,
        answer: replayedRangeSchema,
        signal,
      }),
    testWebhook: (webhookUrl, { signal } = {}) =>
      sendRequest(connection, {
        method: "POST",
        path: "/partner/webhook-test",
        body: { webhookUrl },
        answer: webhookDeliverySchema,
        signal,
      }),
    rotateApiKey: ({ signal, ...body } = {}) =>
      sendRequest(connection, {
        method: "POST",
        path: "/partner/api-keys/rotate",
        body,
        answer: rotatedApiKeySchema,
        signal,
      }),
    webhookSecrets: ({ signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: "/partner/webhook-secrets",
        answer: webhookSecretsSchema,
        signal,
      }),
    rotateWebhookSecret: ({ signal, ...body } = {}) =>
      sendRequest(connection, {
        method: "POST",
        path: "/partner/webhook-secrets/rotate",
        body,
        answer: rotatedWebhookSecretSchema,
        signal,
      }),
    issuerKeys: ({ signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: "/.well-known/jwks.json",
        answer: keySetSchema,
        bare: true,
        signal,
      }),
    attestorKeys: ({ signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        path: "/.well-known/attestors.json",
        answer: keySetSchema,
        bare: true,
        signal,
      }),
    statusList: (uri, { signal } = {}) =>
      sendRequest(connection, {
        method: "GET",
        // Of this API, whatever host it names: the API key goes nowhere else.
        path: `/status-lists/${encodeURIComponent(new URL(uri).pathname.split("/").at(-1) ?? "")}`,
        answer: z.string(),
        bare: "text",
        signal,
      }),
    async waitForCompletion(sessionId, { signal, everyMs = defaultEveryMs } = {}) {
      for (;;) {
        signal?.throwIfAborted();
        let delayMs = everyMs;
        try {
          const session = await client.getSession(sessionId, signal && { signal });
          if (isTerminal(session.status)) return session;
        } catch (error) {
          if (!(error instanceof AttestreamError && error.retriable)) throw error;
          delayMs = Math.max(everyMs, (error.retryAfter ?? 0) * 1_000);
        }
        await pause(delayMs, signal);
      }
    },
  };
  return client;
}

function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new TypeError(
    `baseUrl must be an http or https URL such as https://verify.example.com, but is ${JSON.stringify(text)}`,
  );
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal?.reason);
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  });
}

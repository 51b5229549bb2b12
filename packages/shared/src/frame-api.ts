import { z } from "zod";
import { predicateSchema } from "./disclosure.ts";
import { errorCodeSchema } from "./error-codes.ts";
import { sessionIdSchema } from "./ids.ts";
import { sessionStatusSchema } from "./statuses.ts";

/** What a partner asks about a field; `about` names it in the reader's words. */
const consentQuestionSchema = z.strictObject({
  about: z.string(),
  is: predicateSchema.shape.is,
  value: predicateSchema.shape.value,
});

export type ConsentQuestion = z.infer<typeof consentQuestionSchema>;

/**
 * HTTP between the frame page and the API, all below `/verify/:id`, same origin, JSON in the
 * partner API's envelope. The viewer proves itself with its cookie or, where cookies are blocked,
 * with `Authorization: Bearer <resume secret>`.
 *
 *   GET  /verify/:id?token=…      the page; no side effect
 *   POST /verify/:id/exchange     {token}            -> FrameOpening. Sets the cookie. Exactly one redemption of a token wins.
 *   POST /verify/:id/resume       {}                 -> FrameOpening. For a reload: cookie or resume secret.
 *   POST /verify/:id/stream-ticket {}                -> StreamTicket. 409 session_has_no_browser while none is assigned.
 *   GET  /.well-known/worker-keys.json               -> WorkerKeys, without an envelope: who may sign a `sealKey`
 *   POST /verify/:id/hand-over    {to}               -> HandOver. For the viewer that holds the session: a link for another device, or leave to take it back.
 *   POST /verify/:id/take-over    {token}            -> FrameOpening. Sets the cookie. Exactly one redemption wins; the viewer before may only watch.
 *   POST /verify/:id/take-over    {}                 -> FrameOpening. For the viewer before, when the session was offered back to it.
 *   POST /verify/:id/consent      {accepted}         -> FrameView. Declining cancels the session.
 *   POST /verify/:id/cancel       {}                 -> FrameView
 *   GET  /verify/:id/events       text/event-stream of `data: <FrameView as JSON>`, one at once and one on every change
 */
export const frameViewSchema = z.strictObject({
  sessionId: sessionIdSchema,
  /** Counts the session's changes. Views come by answers and by events: the older of two is ignored. */
  version: z.int().min(1),
  status: sessionStatusSchema,
  progress: z.int().min(0).max(100),
  partner: z.strictObject({ name: z.string() }),
  platform: z.strictObject({ name: z.string(), displayName: z.string(), icon: z.string().nullable() }),
  consent: z.strictObject({
    /** False where the partner has asked already. */
    required: z.boolean(),
    given: z.boolean(),
    /** What the partner will receive, in the reader's words. */
    fields: z.array(z.string()),
    /** In place of fields: it receives the answers to these alone. */
    questions: z.array(consentQuestionSchema).optional(),
  }),
  /** While the session waits for a browser; position 1 is next. */
  queue: z.strictObject({ position: z.int().min(1), estimateMs: z.int().min(0).nullable() }).nullable(),
  /** True while a worker holds the session: a stream ticket can be had. */
  streamable: z.boolean(),
  expiresAt: z.iso.datetime(),
  /** While consent is asked for: how long it is waited for. */
  consentBy: z.iso.datetime().nullable(),
  /** How long a browser waits for a viewer whose line broke. */
  viewerGraceMs: z.int().min(0),
  handOver: z.strictObject({
    /** True: another device holds the session; this one may watch. */
    elsewhere: z.boolean(),
    /** Another device held it before: it can be given back. */
    returnable: z.boolean(),
    /** It was offered back to this one. */
    offered: z.boolean(),
  }),
  reason: z
    .strictObject({ code: errorCodeSchema, category: z.string(), retriable: z.boolean(), message: z.string() })
    .nullable(),
  locale: z.string().nullable(),
  theme: z.enum(["light", "dark", "auto"]),
});

export type FrameView = z.infer<typeof frameViewSchema>;

export const frameOpeningSchema = z.strictObject({
  view: frameViewSchema,
  /** For this tab only (sessionStorage): lets it come back where cookies are blocked. */
  resumeSecret: z.string(),
});

export type FrameOpening = z.infer<typeof frameOpeningSchema>;

export const streamTicketSchema = z.strictObject({
  /** ws: or wss: URL, the session's `streamUrl`. */
  url: z.string(),
  /** Single use, 30 s; sent as WebSocket subprotocol `ticket.<ticket>`. */
  ticket: z.string().regex(/^[A-Za-z0-9_-]+$/),
  /** The key to seal for, stated and signed by the worker that holds the session (compact JWS). */
  sealKey: z.string(),
});

export type StreamTicket = z.infer<typeof streamTicketSchema>;

/** A JWK Set. */
export const workerKeysSchema = z.strictObject({ keys: z.array(z.record(z.string(), z.string())) });

export type WorkerKeys = z.infer<typeof workerKeysSchema>;

export const handOverRequestSchema = z.strictObject({ to: z.enum(["another", "previous"]) });

export const handOverSchema = z.strictObject({
  /** To be opened on the other device, once; null where it goes back to the one before. */
  url: z.string().nullable(),
  expiresAt: z.iso.datetime(),
});

export type HandOver = z.infer<typeof handOverSchema>;

export const takeOverRequestSchema = z.strictObject({ token: z.string().min(1).max(1024).optional() });

export const exchangeRequestSchema = z.strictObject({ token: z.string().min(1).max(1024) });
export const consentRequestSchema = z.strictObject({ accepted: z.boolean() });

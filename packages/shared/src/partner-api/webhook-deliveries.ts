import { z } from "zod";
import { sessionIdSchema } from "../ids.ts";
import { wholeNumber } from "./whole-number.ts";

export const deliveryStates = ["pending", "delivered", "failed"] as const;

/** One webhook to one address, with what came of its attempts. */
export const webhookDeliverySchema = z.strictObject({
  /** Also the `webhook-id` header, the same on every attempt and replay. */
  id: z.string().startsWith("msg_"),
  /** null for a test delivery. */
  sessionId: sessionIdSchema.nullable(),
  event: z.string(),
  url: z.string(),
  state: z.enum(deliveryStates),
  /** Since it was made or last replayed. */
  attempts: z.int().min(0),
  replays: z.int().min(0),
  /** null when there will be none. */
  nextAttemptAt: z.iso.datetime().nullable(),
  /** HTTP status of the last answer; null when there was none. */
  lastStatus: z.int().nullable(),
  /** Why the last attempt failed: a code, for example `timeout` or `status_not_2xx`. */
  lastError: z.string().nullable(),
  createdAt: z.iso.datetime(),
  deliveredAt: z.iso.datetime().nullable(),
});

/** One attempt, and how it ended. Never what the receiver answered. */
const webhookAttemptSchema = z.strictObject({
  replay: z.int().min(0).describe("0 before the first replay."),
  number: z.int().positive().describe("From 1, in each replay."),
  startedAt: z.iso.datetime(),
  durationMs: z.int().min(0),
  status: z.int().nullable().describe("HTTP status of the answer; null when there was none."),
  error: z.string().nullable().describe("null when it was received."),
});

export type WebhookAttempt = z.infer<typeof webhookAttemptSchema>;

/** `GET /partner/webhook-deliveries/:id` */
export const webhookDeliveryDetailSchema = webhookDeliverySchema.extend({
  attemptLog: z.array(webhookAttemptSchema).describe("Oldest first; of the last five replays."),
});

export type WebhookDeliveryDetail = z.infer<typeof webhookDeliveryDetailSchema>;

export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

/** Query of `GET /partner/webhook-deliveries`. */
export const listDeliveriesQuerySchema = z.object({
  state: z.enum(deliveryStates).optional(),
  sessionId: sessionIdSchema.optional(),
  event: z
    .string()
    .regex(/^[a-z_.]{1,64}$/)
    .optional(),
  /** Made at or after, and before. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  limit: wholeNumber(1, 100).default(20),
  offset: wholeNumber(0, 1_000_000).default(0),
});

/** Newest first. */
export const webhookDeliveryListSchema = z.strictObject({
  deliveries: z.array(webhookDeliverySchema),
  total: z.int().min(0),
  limit: z.int(),
  offset: z.int(),
});

export type WebhookDeliveryList = z.infer<typeof webhookDeliveryListSchema>;

/** Body of `POST /partner/webhook-test`. */
export const webhookTestRequestSchema = z.object({ webhookUrl: z.string().max(2048) });

/** Body of `POST /partner/webhook-deliveries/replay`. Strict: a filter that was misspelt must not replay everything. */
export const replayRangeRequestSchema = z
  .strictObject({
    from: z.iso.datetime({ offset: true }).describe("Made at or after."),
    to: z.iso.datetime({ offset: true }).describe("Made before."),
    state: z.enum(["delivered", "failed"]).optional().describe("Only those; both when not given."),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ["to"], message: "must be later than from" });

export const replayedRangeSchema = z.strictObject({
  queued: z.int().min(0).describe("How many will be sent again."),
  endpointDisabled: z.int().min(0).describe("How many were left alone because their address has answered 410."),
  nextFrom: z.iso
    .datetime()
    .nullable()
    .describe("There are more than one request may replay: ask again with this as from. null when there are not."),
});

export type ReplayedRange = z.infer<typeof replayedRangeSchema>;

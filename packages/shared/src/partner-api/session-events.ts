import { z } from "zod";
import { challengeKinds } from "../challenge.ts";
import { errorCodeSchema } from "../error-codes.ts";
import { sessionIdSchema } from "../ids.ts";
import { sessionStatusSchema } from "../statuses.ts";
import { wholeNumber } from "./whole-number.ts";

/** Something that happened to a session. Never what the end user typed or saw. */
export const sessionLogEntrySchema = z.strictObject({
  /** Counts up within the session, with gaps. Also the `id` in the event stream. */
  seq: z.int().positive(),
  /** `noun.past-participle`, for example `viewer.connected`; later versions may add some. */
  type: z.string(),
  /** After the event. */
  status: sessionStatusSchema,
  at: z.iso.datetime(),
  /** Where the event has one: why the session ended, or what the attestation lacks. */
  code: errorCodeSchema.optional(),
  /** With `progress.advanced`. */
  progress: z.int().min(0).max(100).optional(),
  /** With `challenge.raised`: what the end user is asked for. */
  challengeKind: z.enum(challengeKinds).optional(),
});

export type SessionLogEntry = z.infer<typeof sessionLogEntrySchema>;

/** Query of `GET /partner/browser-session/:id/events`. */
export const sessionEventsQuerySchema = z.object({
  /** Only what came after this `seq`. */
  after: wholeNumber(0, 2_147_483_647).default(0),
  limit: wholeNumber(1, 500).default(100),
});

/** `GET /partner/browser-session/:id/events`, oldest first. */
export const sessionEventsSchema = z.strictObject({
  sessionId: sessionIdSchema,
  events: z.array(sessionLogEntrySchema),
  /** Ask again with `after` set to the last `seq`. */
  hasMore: z.boolean(),
});

export type SessionEvents = z.infer<typeof sessionEventsSchema>;

import {
  sessionEventsSchema,
  sessionLogEntrySchema,
  sessionSchema,
  statusReasonSchema,
  webhookPayloadSchema,
} from "@attestream/shared/partner-api";
import { z } from "zod";

// The list of error codes is append-only: a newer server may name one that this version does not
// know, and that must not make its answer unreadable. So codes are plain strings here.
const reason = statusReasonSchema.extend({ code: z.string() }).optional();

export const clientSessionSchema = sessionSchema.extend({ errorCode: z.string().nullable(), statusReason: reason });
export const clientWebhookSchema = webhookPayloadSchema.extend({
  errorCode: z.string().optional(),
  statusReason: reason,
});

export const clientSessionEventSchema = sessionLogEntrySchema.extend({
  code: z.string().optional(),
  challengeKind: z.string().optional(),
});

export const clientSessionEventsSchema = sessionEventsSchema.extend({ events: z.array(clientSessionEventSchema) });

/** A session as `getSession` gives it. */
export type Session = z.infer<typeof clientSessionSchema>;

/** Something that happened to a session. */
export type SessionEvent = z.infer<typeof clientSessionEventSchema>;

/** A page of a session's log. */
export type SessionEvents = z.infer<typeof clientSessionEventsSchema>;

/** The body of a webhook. */
export type WebhookPayload = z.infer<typeof clientWebhookSchema>;

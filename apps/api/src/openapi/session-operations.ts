import {
  attestationResponseSchema,
  createdSessionSchema,
  createSessionRequestSchema,
  erasureSchema,
  listSessionsQuerySchema,
  platformListSchema,
  sessionEventsQuerySchema,
  sessionEventsSchema,
  sessionListSchema,
  sessionSchema,
} from "@attestream/shared/partner-api";
import { z } from "zod";
import type { Operation } from "./operation.ts";

const idempotencyHeaders = z.object({
  "Idempotency-Key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .describe("The same key and body within 24 hours give the same session; another body is refused."),
});

export const sessionOperations: readonly Operation[] = [
  {
    id: "listPlatforms",
    method: "get",
    path: "/partner/browser-platforms",
    summary: "Lists the platforms that sessions can be created for.",
    group: "platforms",
    partner: true,
    answer: { status: 200, description: "All platforms.", schema: platformListSchema },
    errors: [],
  },
  {
    id: "createSession",
    method: "post",
    path: "/partner/browser-session",
    summary: "Creates a session; its embedUrl goes into your iframe.",
    description: "Fields that are not known are ignored and named in `warnings`.",
    group: "sessions",
    partner: true,
    headers: idempotencyHeaders,
    body: createSessionRequestSchema,
    answer: { status: 201, description: "The session.", schema: createdSessionSchema },
    errors: [
      "platform_unknown",
      "platform_inactive",
      "platform_needs_live_key",
      "webhook_url_invalid",
      "idempotency_key_reused",
    ],
  },
  {
    id: "getSession",
    method: "get",
    path: "/partner/browser-session/:id",
    summary: "Tells a session's status and, once it is complete, its data.",
    group: "sessions",
    partner: true,
    answer: { status: 200, description: "The session.", schema: sessionSchema },
    errors: ["session_not_found"],
  },
  {
    id: "listSessions",
    method: "get",
    path: "/partner/browser-sessions",
    summary: "Lists your sessions, newest first.",
    description: "Those of all your keys of the same mode, live or test.",
    group: "sessions",
    partner: true,
    query: listSessionsQuerySchema,
    answer: { status: 200, description: "One page of sessions.", schema: sessionListSchema },
    errors: [],
  },
  {
    id: "terminateSession",
    method: "post",
    path: "/partner/browser-session/:id/terminate",
    summary: "Ends a session as TERMINATED. Saying it again changes nothing.",
    group: "sessions",
    partner: true,
    answer: { status: 200, description: "The session.", schema: sessionSchema },
    errors: ["session_not_found", "session_state_conflict"],
  },
  {
    id: "listSessionEvents",
    method: "get",
    path: "/partner/browser-session/:id/events",
    summary: "Tells what happened to a session, oldest first, or streams it as it happens.",
    description: "A stream is resumed with `Last-Event-ID`.",
    group: "sessions",
    partner: true,
    query: sessionEventsQuerySchema,
    answer: { status: 200, description: "A page of its log, or the stream.", schema: sessionEventsSchema },
    streamed: true,
    errors: ["session_not_found"],
  },
  {
    id: "eraseSessionData",
    method: "delete",
    path: "/partner/browser-session/:id/data",
    summary: "Erases what is stored of the person, and gives a signed receipt.",
    group: "sessions",
    partner: true,
    answer: { status: 200, description: "The receipt, the same every time.", schema: erasureSchema },
    errors: ["session_not_found", "session_state_conflict"],
  },
  {
    id: "getAttestation",
    method: "get",
    path: "/partner/browser-session/:id/attestation",
    summary: "Gives a session's attestation, an SD-JWT VC that anyone can check offline.",
    group: "sessions",
    partner: true,
    answer: { status: 200, description: "The attestation.", schema: attestationResponseSchema },
    errors: ["session_not_found", "attestation_absent"],
  },
];

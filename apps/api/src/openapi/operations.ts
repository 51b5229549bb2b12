import type { ApiErrorCode } from "@attestream/shared";
import {
  attestationResponseSchema,
  createdSessionSchema,
  createSessionRequestSchema,
  listSessionsQuerySchema,
  platformListSchema,
  sessionListSchema,
  sessionSchema,
} from "@attestream/shared/partner-api";
import { z } from "zod";

export interface Operation {
  id: string;
  method: "get" | "post" | "delete";
  /** As the router writes it: `:id`. */
  path: string;
  summary: string;
  description?: string;
  group: "platforms" | "sessions" | "server";
  /** false: no API key, no envelope, the plain answer. */
  partner: boolean;
  query?: z.ZodObject;
  /** Request headers beside the key. */
  headers?: z.ZodObject;
  body?: z.ZodObject;
  answer: { status: number; description: string; schema: z.ZodType; contentType?: string };
  /** Beside those that every operation of its kind can end in. */
  errors: readonly ApiErrorCode[];
}

/** What any request with an API key can be refused with, and what the server itself may suffer. */
export const partnerErrors = [
  "invalid_request",
  "invalid_json",
  "api_key_missing",
  "api_key_invalid",
  "body_too_large",
  "unsupported_media_type",
  "rate_limited",
  "internal",
  "storage_unavailable",
] as const satisfies readonly ApiErrorCode[];

const okSchema = z.strictObject({ status: z.literal("ok") });

/** Every operation that partners and operators may rely on. The OpenAPI document and /docs are made of it; add new routes here. */
export const operations: readonly Operation[] = [
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
    body: createSessionRequestSchema,
    answer: { status: 201, description: "The session.", schema: createdSessionSchema },
    errors: ["platform_unknown", "platform_inactive", "platform_needs_live_key", "webhook_url_invalid"],
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
    id: "getAttestation",
    method: "get",
    path: "/partner/browser-session/:id/attestation",
    summary: "Gives a session's attestation, an SD-JWT VC that anyone can check offline.",
    group: "sessions",
    partner: true,
    answer: { status: 200, description: "The attestation.", schema: attestationResponseSchema },
    errors: ["session_not_found", "attestation_absent"],
  },
  {
    id: "getSigningKeys",
    method: "get",
    path: "/.well-known/jwks.json",
    summary: "The public keys that attestations are checked with, as a JSON Web Key Set.",
    group: "server",
    partner: false,
    answer: {
      status: 200,
      description: "The key set.",
      schema: z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })) }),
    },
    errors: ["internal", "storage_unavailable"],
  },
  {
    id: "getHealth",
    method: "get",
    path: "/healthz",
    summary: "Answers while the process runs.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "It runs.", schema: okSchema },
    errors: [],
  },
  {
    id: "getReadiness",
    method: "get",
    path: "/readyz",
    summary: "Answers while requests can be served.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "They can.", schema: okSchema },
    errors: ["storage_unavailable"],
  },
  {
    id: "getOpenApiDocument",
    method: "get",
    path: "/openapi.json",
    summary: "This description of the API.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "An OpenAPI 3.1 document.", schema: z.looseObject({ openapi: z.string() }) },
    errors: [],
  },
];

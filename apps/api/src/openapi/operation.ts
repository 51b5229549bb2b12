import type { ApiErrorCode } from "@attestream/shared";
import type { z } from "zod";

export interface Operation {
  id: string;
  method: "get" | "post" | "delete";
  /** As the router writes it: `:id`. */
  path: string;
  summary: string;
  description?: string;
  group: "platforms" | "sessions" | "webhooks" | "keys" | "proof" | "server";
  /** false: no API key, no envelope, the plain answer. */
  partner: boolean;
  query?: z.ZodObject;
  /** Request headers beside the key. */
  headers?: z.ZodObject;
  body?: z.ZodObject;
  /** `media`: where it is not JSON. */
  answer: { status: number; description: string; schema: z.ZodType; media?: string };
  /** With `Accept: text/event-stream` it is a stream of events; 204 where none will come. */
  streamed?: true;
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

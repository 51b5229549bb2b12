export interface ApiErrorEntry {
  status: number;
  type:
    | "invalid_request"
    | "authentication"
    | "permission"
    | "not_found"
    | "conflict"
    | "gone"
    | "rate_limited"
    | "capacity"
    | "internal";
  retriable: boolean;
  message: string;
}

/** Every error an HTTP request can be answered with. A route throws `AppError(code)`; nothing else decides a status. */
export const apiErrors = {
  invalid_request: { status: 400, type: "invalid_request", retriable: false, message: "The request is not valid." },
  invalid_json: { status: 400, type: "invalid_request", retriable: false, message: "The body is not valid JSON." },
  platform_unknown: {
    status: 400,
    type: "invalid_request",
    retriable: false,
    message: "There is no platform with this id. GET /partner/browser-platforms lists them.",
  },
  platform_inactive: {
    status: 422,
    type: "invalid_request",
    retriable: true,
    message: "This platform is not available at the moment.",
  },
  webhook_url_invalid: {
    status: 400,
    type: "invalid_request",
    retriable: false,
    message: "webhookUrl must be an https URL with a valid top-level domain.",
  },
  custom_url_not_allowed: {
    status: 400,
    type: "invalid_request",
    retriable: false,
    message: "This platform takes no customUrl: its allowCustomUrl is false. Leave customUrl out.",
  },
  custom_url_invalid: {
    status: 400,
    type: "invalid_request",
    retriable: false,
    message: "customUrl must be an https URL with a valid top-level domain.",
  },
  api_key_missing: {
    status: 401,
    type: "authentication",
    retriable: false,
    message: "Send your API key in the x-api-key header, or as Authorization: Bearer.",
  },
  api_key_invalid: {
    status: 401,
    type: "authentication",
    retriable: false,
    message: "This API key is not known, or no longer valid.",
  },
  platform_needs_live_key: {
    status: 403,
    type: "permission",
    retriable: false,
    message: "A test key reaches sandbox platforms only.",
  },
  origin_refused: {
    status: 403,
    type: "permission",
    retriable: false,
    message: "This request may only come from the frame page.",
  },
  embed_token_invalid: {
    status: 401,
    type: "authentication",
    retriable: false,
    message: "This link is not valid or has expired. Ask for a new one.",
  },
  embed_token_used: {
    status: 410,
    type: "gone",
    retriable: false,
    message: "This link has been used already. Ask for a new one.",
  },
  session_held: { status: 409, type: "conflict", retriable: false, message: "This session is open in another window." },
  session_handed_over: {
    status: 409,
    type: "conflict",
    retriable: false,
    message: "This session goes on on another device.",
  },
  viewer_unknown: {
    status: 401,
    type: "authentication",
    retriable: false,
    message: "This window does not hold the session.",
  },
  session_over: { status: 410, type: "gone", retriable: false, message: "This session has ended." },
  session_has_no_browser: {
    status: 409,
    type: "conflict",
    retriable: true,
    message: "No browser is assigned to this session yet.",
  },
  session_state_conflict: {
    status: 409,
    type: "conflict",
    retriable: false,
    message: "The session's status does not allow this.",
  },
  idempotency_key_reused: {
    status: 409,
    type: "conflict",
    retriable: false,
    message: "This Idempotency-Key was used within the last 24 hours with another body.",
  },
  disclosure_invalid: {
    status: 400,
    type: "invalid_request",
    retriable: false,
    message: "disclosure asks for what this platform does not give.",
  },
  attestation_not_revocable: {
    status: 409,
    type: "conflict",
    retriable: false,
    message: "This attestation is older than this server's status list and cannot be revoked.",
  },
  log_entry_unknown: { status: 404, type: "not_found", retriable: false, message: "The log has no such entry." },
  attestation_absent: { status: 404, type: "not_found", retriable: false, message: "This session has no attestation." },
  credential_absent: { status: 404, type: "not_found", retriable: false, message: "This session has no credential." },
  not_found: { status: 404, type: "not_found", retriable: false, message: "There is nothing here." },
  session_not_found: { status: 404, type: "not_found", retriable: false, message: "There is no such session." },
  api_key_rotated: {
    status: 409,
    type: "conflict",
    retriable: false,
    message: "This API key has been replaced already. Rotate with the key that replaced it.",
  },
  too_many_rotations: {
    status: 409,
    type: "conflict",
    retriable: true,
    message: "Too many replaced ones live on still. Wait until one has ended.",
  },
  delivery_not_found: {
    status: 404,
    type: "not_found",
    retriable: false,
    message: "There is no such webhook delivery.",
  },
  delivery_pending: {
    status: 409,
    type: "conflict",
    retriable: true,
    message: "This webhook is still being delivered; its next attempt comes by itself.",
  },
  webhook_endpoint_disabled: {
    status: 409,
    type: "conflict",
    retriable: false,
    message: "This address has answered 410 Gone and gets no webhooks. POST /partner/webhook-test brings it back.",
  },
  body_too_large: {
    status: 413,
    type: "invalid_request",
    retriable: false,
    message: "The body is larger than 32 KiB.",
  },
  unsupported_media_type: {
    status: 415,
    type: "invalid_request",
    retriable: false,
    message: "Send the body as application/json.",
  },
  metrics_refused: {
    status: 403,
    type: "permission",
    retriable: false,
    message: "Metrics are for this machine alone, or for who knows METRICS_TOKEN.",
  },
  host_refused: {
    status: 421,
    type: "invalid_request",
    retriable: false,
    message: "This server does not answer under this host name. Its operator can add it to ALLOWED_HOSTS.",
  },
  rate_limited: {
    status: 429,
    type: "rate_limited",
    retriable: true,
    message: "Too many requests. Try again after the time in Retry-After.",
  },
  storage_unavailable: {
    status: 503,
    type: "capacity",
    retriable: true,
    message: "The database does not answer. Try again shortly.",
  },
  internal: { status: 500, type: "internal", retriable: true, message: "Something went wrong on our side." },
} as const satisfies Record<string, ApiErrorEntry>;

export type ApiErrorCode = keyof typeof apiErrors;

/** Thrown where a request cannot be served. `param` names the offending field; `details` never carries user data. */
export class AppError extends Error {
  readonly code: ApiErrorCode;
  readonly param: string | undefined;
  readonly details: unknown;

  constructor(
    code: ApiErrorCode,
    options: { message?: string; param?: string; details?: unknown; cause?: unknown } = {},
  ) {
    super(options.message ?? apiErrors[code].message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.param = options.param;
    this.details = options.details;
  }
}

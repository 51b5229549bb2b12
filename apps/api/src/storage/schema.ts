import type { ColumnType, Generated, GeneratedAlways, Selectable, Updateable } from "kysely";
import type { ProgressWebhookEvent } from "@attestream/shared/partner-api";
import type { Disclosure, ErrorCode, Json, SessionStatus } from "@attestream/shared";

/** Set once on insert (default now), never changed. */
type CreatedAt = ColumnType<Date, Date | undefined, never>;
/** A JSON column: parsed on the way out, given as text on the way in. */
type JsonColumn<T> = ColumnType<T, string, string>;
type NullableJsonColumn<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface Database {
  partners: PartnersTable;
  api_keys: ApiKeysTable;
  platforms: PlatformsTable;
  platform_versions: PlatformVersionsTable;
  sessions: SessionsTable;
  session_events: SessionEventsTable;
  embed_tokens: EmbedTokensTable;
  viewers: ViewersTable;
  attestations: AttestationsTable;
  signing_keys: SigningKeysTable;
  workers: WorkersTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
  disabled_webhook_endpoints: DisabledWebhookEndpointsTable;
  idempotency_keys: IdempotencyKeysTable;
  erasures: ErasuresTable;
  audit_log: AuditLogTable;
  log_head: LogHeadTable;
  log_entries: LogEntriesTable;
  log_nodes: LogNodesTable;
  status_lists: StatusListsTable;
  attestation_statuses: AttestationStatusesTable;
  attestor_keys: AttestorKeysTable;
  credentials: CredentialsTable;
  bbs_keys: BbsKeysTable;
}

export interface PartnersTable {
  id: string;
  name: string;
  /** Encrypted `whsec_…` secrets, newest first. */
  webhook_secrets_enc: Uint8Array;
  created_at: CreatedAt;
}

export interface ApiKeysTable {
  id: string;
  partner_id: string;
  /** Shown in lists; the first characters of the key. */
  prefix: string;
  /** HMAC-SHA-256 of the whole key under the pepper. */
  hash: Uint8Array;
  mode: "live" | "test";
  /** A bootstrap key reaches every platform although it is a test key. */
  reaches_every_platform: boolean;
  created_at: CreatedAt;
  revoked_at: Date | null;
  /** Set when a newer key took its place: it lives on until then. */
  expires_at: Generated<Date | null>;
  last_used_at: Date | null;
}

export interface PlatformsTable {
  id: Generated<number>;
  name: string;
  /** Hash of the active row in platform_versions; null when the file has never been valid. */
  active_hash: string | null;
  is_active: boolean;
  /** Why it is not active, for the operator. */
  problem: string | null;
  created_at: CreatedAt;
  updated_at: Date | null;
}

export interface PlatformVersionsTable {
  platform_id: number;
  /** Content hash of the parsed platform file; sessions pin it. */
  hash: string;
  version: string;
  definition: JsonColumn<Json>;
  /** data: URL of the icon, or null. */
  icon: string | null;
  created_at: CreatedAt;
}

export interface SessionsTable {
  id: string;
  partner_id: string;
  api_key_id: string;
  mode: "live" | "test";
  platform_id: number;
  platform_hash: string;
  status: SessionStatus;
  /** Context of the state machine, as it wrote it. */
  snapshot: JsonColumn<Json>;
  machine_version: number;
  /** Counts every change; updates compare and set it. */
  version: number;
  /** Counts assignments; fences what an earlier worker still says. */
  epoch: number;
  /** What viewers seal for, stated and signed by the worker (compact JWS). */
  seal_key: Generated<string | null>;
  worker_id: string | null;
  lease_until: Date | null;
  /** Highest report seq applied for this epoch. */
  report_seq: number;
  expires_at: Date;
  /** When the present state ends by itself, and how. */
  state_deadline: Date | null;
  deadline_kind: string | null;
  /** When the end user opened the frame: such sessions are dispatched first. */
  opened_at: Date | null;
  progress: number;
  consent_required: boolean;
  consented_at: Date | null;
  receiver_data_enc: Uint8Array | null;
  extraction_enc: Uint8Array | null;
  webhook_url: string | null;
  /** Asked for besides the event of the end. */
  webhook_events: NullableJsonColumn<ProgressWebhookEvent[]>;
  /** Where this session's login begins instead of the platform's loginUrl. */
  custom_url: string | null;
  external_reference_id: string | null;
  nonce: string | null;
  /** What of the account's data may leave the worker; null: all. */
  disclosure: NullableJsonColumn<Disclosure>;
  /** The partner asked for a credential to make predicate proofs from. */
  wants_credential: Generated<boolean>;
  locale: string | null;
  theme: "light" | "dark" | "auto" | null;
  metadata: NullableJsonColumn<Record<string, Json>>;
  allowed_origins: NullableJsonColumn<string[]>;
  reason_code: ErrorCode | null;
  /** The public message, when the workflow says it better than the table. */
  reason_message: string | null;
  has_attestation: boolean;
  created_at: CreatedAt;
  completed_at: Date | null;
  /** When what is known of the end user was erased, at the partner's request or because it was kept long enough. */
  data_erased_at: Date | null;
}

export interface SessionEventsTable {
  session_id: string;
  seq: number;
  type: string;
  status: SessionStatus;
  payload: JsonColumn<Json>;
  at: Date;
}

/** One row per redeemed embed token: exactly one insert wins. */
export interface EmbedTokensTable {
  token_id: string;
  session_id: string;
  used_at: Date;
}

/** Who may enter a session once it is open: the holder of the cookie or of the tab's resume secret. */
export interface ViewersTable {
  id: string;
  session_id: string;
  /** SHA-256 of the cookie's value and of the resume secret. */
  cookie_hash: Uint8Array;
  resume_hash: Uint8Array;
  /** Counts a session's viewers; never given twice in one session. */
  turn: Generated<number>;
  /** Null: this one holds the session. */
  handed_over_at: Date | null;
  /** Until then one that was handed over may take the session back. */
  return_until: Date | null;
  created_at: CreatedAt;
}

export interface AttestationsTable {
  session_id: string;
  /** Of earlier releases, until the next start. */
  attestation: string | null;
  attestation_enc: Uint8Array | null;
  proof_hash: string;
  kid: string;
  issuer: string;
  issued_at: Date;
  mode: Generated<"signed" | "passive" | "replay">;
  /** Sealed JSON: the envelopes of attestors. */
  evidence_enc: Generated<Uint8Array | null>;
}

export interface CredentialsTable {
  session_id: string;
  credential_enc: Uint8Array;
  kid: string;
  issued_at: Date;
}

export interface BbsKeysTable {
  kid: string;
  secret_key_enc: Uint8Array;
  public_key: JsonColumn<Json>;
  active: boolean;
  created_at: CreatedAt;
}

export interface SigningKeysTable {
  kid: string;
  private_jwk_enc: Uint8Array;
  public_jwk: JsonColumn<Json>;
  active: boolean;
  created_at: CreatedAt;
}

export interface WorkersTable {
  id: string;
  address: string;
  capacity: number;
  isolation_level: string;
  browser: string;
  warm: number;
  state: "up" | "draining" | "lost";
  seen_at: Date;
  /** Public JWK; null of a worker that has not been here since workers have one. */
  identity_key: NullableJsonColumn<Record<string, string>>;
}

export interface WebhookDeliveriesTable {
  /** Also the `webhook-id` header: the same on every attempt. */
  id: string;
  /** Null for a test delivery. */
  session_id: string | null;
  /** The session's version that it tells of; null for a test, and in rows of before. */
  session_seq: number | null;
  partner_id: string;
  mode: "live" | "test";
  event: string;
  url: string;
  state: "pending" | "delivered" | "failed";
  /** Since it was made or last replayed. */
  attempts: number;
  replays: Generated<number>;
  next_attempt_at: Date | null;
  last_status: number | null;
  /** A code, never the receiver's words. */
  last_error: string | null;
  created_at: CreatedAt;
  delivered_at: Date | null;
}

/** What came of one attempt. Only of the last few replays. */
export interface WebhookAttemptsTable {
  delivery_id: string;
  replay: number;
  /** From 1, in each replay. */
  number: number;
  started_at: Date;
  duration_ms: number;
  status: number | null;
  error: string | null;
}

/** Addresses that have answered 410: they get nothing until a test arrives there. */
export interface DisabledWebhookEndpointsTable {
  partner_id: string;
  url_hash: string;
  disabled_at: Date;
}

/** Which session a partner's `Idempotency-Key` made. */
export interface IdempotencyKeysTable {
  partner_id: string;
  mode: "live" | "test";
  key: string;
  /** SHA-256 of the body, whatever the order of its fields. */
  body_hash: Uint8Array;
  session_id: string;
  created_at: Date;
}

/** Sessions whose data was erased, with what a partner is told of it. */
export interface ErasuresTable {
  session_id: string;
  /** Compact JWS. */
  receipt: string;
  erased_at: Date;
}

/** What keys and settings have done. Append-only, each row chained to those before it. */
export interface AuditLogTable {
  seq: number;
  at: Date;
  actor: string;
  action: string;
  subject: string | null;
  partner_id: string | null;
  address: string | null;
  request_id: string | null;
  /** JSON as text. */
  details: string;
  chain: Uint8Array;
}

/** One row: how far the log is. Locked while it grows. */
export interface LogHeadTable {
  id: number;
  size: number;
  /** Roots of the whole subtrees, largest first. */
  frontier: Uint8Array;
}

export interface LogEntriesTable {
  index: number;
  /** SHA-256 of the attestation's JWT. */
  entry: Uint8Array;
  session_id: string;
  at: Date;
}

/** Hashes of the log's whole subtrees. */
export interface LogNodesTable {
  level: number;
  index: number;
  hash: Uint8Array;
}

export interface StatusListsTable {
  id: GeneratedAlways<number>;
  created_at: Date;
}

/** The place of a session's attestation in a status list. */
export interface AttestationStatusesTable {
  session_id: string;
  list_id: number;
  index: number;
  revoked_at: Date | null;
  reason: string | null;
}

/** Keys of attestors whose evidence was taken. */
export interface AttestorKeysTable {
  kid: string;
  public_jwk: JsonColumn<Json>;
  seen_at: Date;
}

export type SessionRow = Selectable<SessionsTable>;
export type SessionUpdate = Updateable<SessionsTable>;

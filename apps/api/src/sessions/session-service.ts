import type { Transaction } from "kysely";
import type { SessionEvent } from "@attestream/state-machine";
import type { Disclosure, Json } from "@attestream/shared";
import type { ProgressWebhookEvent } from "@attestream/shared/partner-api";
import type { Database, SessionRow, SessionUpdate } from "../storage/schema.ts";

/** What a new session is made of. Ids and times are the caller's; the status is the machine's. */
export interface NewSession {
  id: string;
  partnerId: string;
  apiKeyId: string;
  mode: "live" | "test";
  platformId: number;
  platformHash: string;
  expiresAt: Date;
  consentRequired: boolean;
  receiverData?: Record<string, Json> | undefined;
  webhookUrl?: string | undefined;
  /** Besides the event of the end. */
  webhookEvents?: ProgressWebhookEvent[] | undefined;
  customUrl?: string | undefined;
  externalReferenceId?: string | undefined;
  nonce?: string | undefined;
  /** All of the data when not given. */
  disclosure?: Disclosure | undefined;
  wantsCredential?: boolean | undefined;
  locale?: string | undefined;
  theme?: "light" | "dark" | "auto" | undefined;
  metadata?: Record<string, Json> | undefined;
  allowedOrigins?: string[] | undefined;
}

/** Says who speaks: an event of an earlier assignment, or one applied already, changes nothing. */
export interface Fence {
  epoch: number;
  /** Of the worker's report; each counts once. */
  seq?: number;
  /** The worker that speaks; must hold the session. */
  workerId?: string;
}

/** Columns that may be set together with an event. Status, snapshot, version and progress are the service's own. */
export type ExtraColumns = Omit<
  SessionUpdate,
  "id" | "status" | "snapshot" | "machine_version" | "version" | "progress" | "state_deadline" | "deadline_kind"
>;

export interface ApplyOptions {
  fence?: Fence;
  set?: ExtraColumns;
  /** More writes in the same transaction. Use only `trx` inside: the embedded database has one connection. Runs when the event counted. */
  within?: (trx: Transaction<Database>, session: SessionRow) => Promise<void>;
}

export interface ApplyResult {
  /**
   * moved: another status. stayed: counted, or known already, in the same status. refused: not legal in this status.
   * fenced: of an earlier assignment. absent: no such session.
   */
  outcome: "moved" | "stayed" | "refused" | "fenced" | "absent";
  /** After the event; as it was when it did not count. */
  session: SessionRow | null;
}

/** The only writer of a session's status. */
export interface SessionService {
  /** `within`: more writes in the same transaction, as in ApplyOptions. */
  create(input: NewSession, within?: ApplyOptions["within"]): Promise<SessionRow>;
  get(id: string): Promise<SessionRow | null>;
  /** One transaction: row (compare-and-set on version, fenced by epoch and report seq), session_events, outbox. Effects run after the commit. */
  apply(id: string, event: SessionEvent, options?: ApplyOptions): Promise<ApplyResult>;
  /** Called after every committed change. Returns the way to unsubscribe. */
  onChange(listener: (session: SessionRow) => void): () => void;
}

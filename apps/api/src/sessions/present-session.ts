import { errorCodes, isTerminal, type SessionStatus } from "@attestream/shared";
import type { Session, StatusReason } from "@attestream/shared/partner-api";
import type { PlatformEntry } from "../platforms/platform-store.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { SessionRow } from "../storage/schema.ts";
import { openExtraction } from "./extraction.ts";

export interface SessionAddresses {
  /** With a fresh token: the link to put into the iframe. */
  mintEmbedUrl(session: SessionRow): string;
  /** Without a token: where the session was. */
  bareEmbedUrl(sessionId: string): string;
  streamUrl(sessionId: string): string;
}

/** Statuses in which a new embed token still lets somebody in: nobody has connected yet. */
const canBeEntered = {
  CREATED: true,
  INITIALIZING: true,
  READY: true,
  CONNECTED: false,
  LOADING_TREE: false,
  RUNNING: false,
  AWAITING_USER: false,
  COLLECTING_DATA: false,
  VERIFYING: false,
  COMPLETED: false,
  PARTIAL_COMPLETE: false,
  ERROR: false,
  CANCELLED: false,
  TERMINATED: false,
} as const satisfies Record<SessionStatus, boolean>;

/** A session as the partner API shows it: each field exactly when it is documented to be there. */
export function presentSession(
  session: SessionRow,
  platform: PlatformEntry,
  deps: { addresses: SessionAddresses; sealer: Sealer },
): Session {
  const { addresses, sealer } = deps;
  const isError = session.status === "ERROR";
  const hasData = session.status === "COMPLETED" || session.status === "PARTIAL_COMPLETE";
  const reason = session.reason_code === null ? null : errorCodes[session.reason_code];
  return {
    sessionId: session.id,
    status: session.status,
    progress: session.progress,
    embedUrl: embedUrlOf(session, addresses),
    streamUrl: session.worker_id === null ? null : addresses.streamUrl(session.id),
    platformId: session.platform_id,
    platform: {
      id: platform.id,
      name: platform.name,
      displayName: platform.definition.displayName,
      icon: platform.icon,
      loginUrl: platform.definition.loginUrl,
    },
    expiresAt: session.expires_at.toISOString(),
    createdAt: session.created_at.toISOString(),
    completedAt: session.completed_at?.toISOString() ?? null,
    ...(session.custom_url === null ? {} : { customUrl: session.custom_url }),
    ...(session.external_reference_id === null ? {} : { externalReferenceId: session.external_reference_id }),
    errorMessage: isError ? (session.reason_message ?? reason?.message ?? null) : null,
    errorCode: isError ? session.reason_code : null,
    ...statusReasonOf(session),
    ...(session.has_attestation ? { hasAttestation: true as const } : {}),
    extractedData: hasData ? (openExtraction(sealer, session)?.extractedData ?? null) : null,
    ...(session.metadata === null ? {} : { metadata: session.metadata }),
    ...(session.data_erased_at === null ? {} : { dataErasedAt: session.data_erased_at.toISOString() }),
  };
}

/** With a fresh token while it can still let somebody in. */
export function embedUrlOf(session: SessionRow, addresses: SessionAddresses): string {
  return canBeEntered[session.status] ? addresses.mintEmbedUrl(session) : addresses.bareEmbedUrl(session.id);
}

function statusReasonOf(session: SessionRow): { statusReason?: StatusReason } {
  if (
    session.reason_code === null ||
    session.status === "ERROR" ||
    session.status === "COMPLETED" ||
    !isTerminal(session.status)
  )
    return {};
  const { category, retriable } = errorCodes[session.reason_code];
  return { statusReason: { code: session.reason_code, category, retriable } };
}

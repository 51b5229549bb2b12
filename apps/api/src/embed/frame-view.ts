import type { Kysely } from "kysely";
import { errorCodes, isTerminal, type Disclosure, type SessionStatus } from "@attestream/shared";
import type { FrameView } from "@attestream/shared/frame-api";
import { consentFields, consentSubject, type PlatformDefinition } from "@attestream/workflow/schema";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import type { ViewerStore } from "./viewer-store.ts";

export interface FrameViewDependencies {
  db: Kysely<Database>;
  platforms: Pick<PlatformStore, "pinned">;
  queuePosition(sessionId: string): Promise<FrameView["queue"]>;
  viewers: Pick<ViewerStore, "standing">;
  clock: () => Date;
  viewerGraceMs: number;
}

/** As this viewer sees it. */
export type ReadFrameView = (session: SessionRow, viewerId: string) => Promise<FrameView>;

type Surroundings = Pick<FrameView, "partner" | "platform"> & {
  shared: Pick<FrameView["consent"], "fields" | "questions">;
};

/** Surroundings never change while a session lives; this many are kept. */
const keptSurroundings = 5_000;

/** A browser that can be looked at: not yet while it starts, no more once the data is being attested. */
const hasBrowser = {
  CREATED: false,
  INITIALIZING: false,
  READY: true,
  CONNECTED: true,
  LOADING_TREE: true,
  RUNNING: true,
  AWAITING_USER: true,
  COLLECTING_DATA: true,
  VERIFYING: false,
  COMPLETED: false,
  PARTIAL_COMPLETE: false,
  ERROR: false,
  CANCELLED: false,
  TERMINATED: false,
} as const satisfies Record<SessionStatus, boolean>;

/** True while a stream ticket for the session makes sense. */
export function isStreamable(session: Pick<SessionRow, "status" | "worker_id">): boolean {
  return session.worker_id !== null && hasBrowser[session.status];
}

/** All that the frame page knows about its session. Holds no extracted data and nothing the user typed. */
export function createFrameViews(deps: FrameViewDependencies): ReadFrameView {
  const kept = new Map<string, Surroundings>();

  async function surroundingsOf(session: SessionRow): Promise<Surroundings> {
    const known = kept.get(session.id);
    if (known) return known;
    const platform = await deps.platforms.pinned(session);
    const partner = await deps.db
      .selectFrom("partners")
      .select("name")
      .where("id", "=", session.partner_id)
      .executeTakeFirstOrThrow();
    const surroundings: Surroundings = {
      partner: { name: partner.name },
      platform: { name: platform.name, displayName: platform.definition.displayName, icon: platform.icon },
      shared: sharedBy(session.disclosure ?? "full", platform.definition),
    };
    const oldest = kept.size >= keptSurroundings ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(session.id, surroundings);
    return surroundings;
  }

  return async (session, viewerId) => {
    const [{ partner, platform, shared }, standing] = await Promise.all([
      surroundingsOf(session),
      deps.viewers.standing(session.id, viewerId, deps.clock()),
    ]);
    return {
      sessionId: session.id,
      version: session.version,
      status: session.status,
      progress: session.progress,
      partner,
      platform,
      consent: {
        required: session.consent_required,
        given: !session.consent_required || session.consented_at !== null,
        ...shared,
      },
      queue: session.status === "CREATED" ? await deps.queuePosition(session.id) : null,
      streamable: isStreamable(session),
      expiresAt: session.expires_at.toISOString(),
      consentBy: session.deadline_kind === "consent" ? (session.state_deadline?.toISOString() ?? null) : null,
      viewerGraceMs: deps.viewerGraceMs,
      // Of a viewer that was shut out meanwhile nothing is asked any more: its next request says so.
      handOver: standing ?? { elsewhere: true, returnable: false, offered: false },
      reason: reasonOf(session),
      locale: session.locale,
      theme: session.theme ?? "auto",
    };
  };
}

/** What the user agrees to, and no more than that is passed on. */
function sharedBy(
  disclosure: Disclosure,
  definition: Pick<PlatformDefinition, "collect">,
): Pick<FrameView["consent"], "fields" | "questions"> {
  if (disclosure === "full") return { fields: consentFields(definition) };
  if ("fields" in disclosure) return { fields: consentFields(definition, new Set(disclosure.fields)) };
  const questions = disclosure.predicates.map(({ field, is, value }) => ({
    about: consentSubject(definition, field),
    is,
    ...(value === undefined ? {} : { value }),
  }));
  return { fields: [], questions };
}

function reasonOf(session: SessionRow): FrameView["reason"] {
  const code = session.reason_code;
  if (code === null || !isTerminal(session.status)) return null;
  const { category, retriable, message } = errorCodes[code];
  return { code, category, retriable, message: session.reason_message ?? message };
}

import { AppError, isTerminal } from "@attestream/shared";
import type { SessionEvent } from "@attestream/state-machine";
import type { SessionService } from "../sessions/session-service.ts";
import type { SessionRow } from "../storage/schema.ts";
import { checkEmbedToken } from "./embed-token.ts";
import type { Viewer, ViewerCredentials, ViewerStore } from "./viewer-store.ts";

export interface Opening {
  session: SessionRow;
  viewerId: string;
  resumeSecret: string;
  /** Only when a new viewer entered: to be set. */
  cookie: string | null;
}

/** What the frame page may do with its session. Throws AppError with the codes of the frame API. */
export interface FrameService {
  /** `entered` hears of a new viewer at once: a token that is spent must not leave its bearer outside if something fails after that. */
  exchange(
    sessionId: string,
    token: string,
    credentials: ViewerCredentials,
    entered: (session: SessionRow, cookie: string) => void,
  ): Promise<Opening>;
  resume(sessionId: string, credentials: ViewerCredentials): Promise<Opening>;
  /** The session and its viewer, when the credentials are the viewer's. It may be one that only watches. */
  require(sessionId: string, credentials: ViewerCredentials): Promise<{ session: SessionRow; viewer: Viewer }>;
  /** For a viewer that is still there when its session has been parked. */
  reopen(session: SessionRow): Promise<void>;
  consent(session: SessionRow, accepted: boolean): Promise<SessionRow>;
  cancel(session: SessionRow): Promise<SessionRow>;
}

export interface FrameServiceDependencies {
  sessions: Pick<SessionService, "get" | "apply">;
  viewers: ViewerStore;
  tokenKey: Uint8Array;
  clock: () => Date;
}

export function createFrameService({ sessions, viewers, tokenKey, clock }: FrameServiceDependencies): FrameService {
  /** Tells the machine that somebody is looking: a session without a browser gets one, ahead of those nobody looks at. */
  async function opened(session: SessionRow): Promise<SessionRow> {
    const result = await sessions.apply(session.id, { type: "session.opened" });
    return result.session ?? session;
  }

  async function require(sessionId: string, credentials: ViewerCredentials) {
    const viewer = await viewers.authenticate(sessionId, credentials);
    const session = viewer === null ? null : await sessions.get(sessionId);
    // The same answer whether there is no such session or it is somebody else's.
    if (viewer === null || session === null) throw new AppError("viewer_unknown");
    return { session, viewer };
  }

  async function comeBack(session: SessionRow, { id: viewerId, here }: Viewer): Promise<Opening> {
    const current = session.status === "CREATED" && here ? await opened(session) : session;
    return { session: current, viewerId, resumeSecret: viewers.resumeSecretOf(viewerId), cookie: null };
  }

  /** Applies what the user did. Where it is not legal any more, says which of the reasons it is. */
  async function act(session: SessionRow, event: SessionEvent): Promise<SessionRow> {
    const { outcome, session: after } = await sessions.apply(session.id, event);
    if (outcome === "moved" || outcome === "stayed") return after ?? session;
    if (after && isTerminal(after.status)) throw new AppError("session_over");
    throw new AppError("session_state_conflict");
  }

  return {
    require,

    async exchange(sessionId, token, credentials, entered) {
      const now = clock();
      const tokenId = checkEmbedToken(tokenKey, sessionId, token, now);
      const session = tokenId === null ? null : await sessions.get(sessionId);
      if (tokenId === null || session === null) throw new AppError("embed_token_invalid");
      // The viewer itself, by the same or another link: the partner's page was loaded again.
      const viewer = await viewers.authenticate(sessionId, credentials);
      if (viewer !== null) return comeBack(session, viewer);

      const entry = await viewers.enter(sessionId, tokenId, now);
      switch (entry.outcome) {
        case "entered":
          entered(session, entry.cookie);
          return {
            session: await opened(session),
            viewerId: entry.viewerId,
            resumeSecret: viewers.resumeSecretOf(entry.viewerId),
            cookie: entry.cookie,
          };
        case "used":
          throw new AppError("embed_token_used");
        case "held":
          throw new AppError("session_held");
        case "over":
          throw new AppError("session_over");
        case "absent":
          throw new AppError("embed_token_invalid");
      }
    },

    async resume(sessionId, credentials) {
      const { session, viewer } = await require(sessionId, credentials);
      return comeBack(session, viewer);
    },

    async reopen(session) {
      await opened(session);
    },

    async consent(session, accepted) {
      if (!accepted) return act(session, { type: "session.cancelled", code: "CONSENT_DECLINED" });
      if (!session.consent_required || session.consented_at !== null) return session;
      return act(session, { type: "consent.given" });
    },

    async cancel(session) {
      // Pressed twice, or too late: what the session became is the answer.
      if (isTerminal(session.status)) return session;
      return act(session, { type: "session.cancelled", code: "USER_CANCELLED" });
    },
  };
}

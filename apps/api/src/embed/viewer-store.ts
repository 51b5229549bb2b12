import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { isTerminal, type SessionStatus } from "@attestream/shared";
import type { FrameView } from "@attestream/shared/frame-api";
import { deriveKey } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";
import { redeemOnce } from "./redeem-once.ts";
import type { RandomBytes } from "./signed-token.ts";

/** What a request brings to show that it comes from the viewer. */
export interface ViewerCredentials {
  cookie: string | null;
  resumeSecret: string | null;
}

export interface Viewer {
  id: string;
  /** Of those that ever held the session, the how many-th it is. */
  turn: number;
  /** False: another device holds the session now, and this one may watch. */
  here: boolean;
}

export interface NewViewer {
  viewerId: string;
  cookie: string;
}

export type Entry = ({ outcome: "entered" } & NewViewer) | { outcome: "used" | "held" | "over" | "absent" };

/** Who may enter a session that has been opened. At most one viewer at a time holds it. */
export interface ViewerStore {
  /** Spends the token and makes its bearer the session's viewer, unless the session is held. */
  enter(sessionId: string, tokenId: string, now: Date): Promise<Entry>;
  /** The viewer when one of the credentials is its own. */
  authenticate(sessionId: string, credentials: ViewerCredentials): Promise<Viewer | null>;
  /** Where this viewer stands; null when it is none (any more). */
  standing(sessionId: string, viewerId: string, now: Date): Promise<FrameView["handOver"] | null>;
  /** A new viewer; the caller has made room for it. */
  add(trx: Transaction<Database>, sessionId: string, turn: number, now: Date): Promise<NewViewer>;
  resumeSecretOf(viewerId: string): string;
}

/**
 * From CONNECTED on, a browser is or was being logged in: only its viewer comes back. Before that
 * nothing is in there to be taken, so the newest link wins (a link opened twice, another device).
 */
const entered = {
  CREATED: false,
  INITIALIZING: false,
  READY: false,
  CONNECTED: true,
  LOADING_TREE: true,
  RUNNING: true,
  AWAITING_USER: true,
  COLLECTING_DATA: true,
  VERIFYING: true,
  COMPLETED: true,
  PARTIAL_COMPLETE: true,
  ERROR: true,
  CANCELLED: true,
  TERMINATED: true,
} as const satisfies Record<SessionStatus, boolean>;

export function createViewerStore(deps: {
  db: Kysely<Database>;
  masterKey: Uint8Array;
  randomBytes: RandomBytes;
}): ViewerStore {
  const { db, randomBytes } = deps;
  const resumeKey = deriveKey(deps.masterKey, "resume secret v1");

  // Derived, not stored: every resume can give the same secret back without a write that a lost
  // answer would turn into a locked-out tab. It counts only while the viewer's row stands.
  const resumeSecretOf = (viewerId: string) => createHmac("sha256", resumeKey).update(viewerId).digest("base64url");

  const isSpent = async (on: Kysely<Database>, tokenId: string) =>
    (await on.selectFrom("embed_tokens").select("token_id").where("token_id", "=", tokenId).executeTakeFirst()) !==
    undefined;

  async function add(trx: Transaction<Database>, sessionId: string, turn: number, now: Date): Promise<NewViewer> {
    const viewerId = randomUUID();
    const cookie = Buffer.from(randomBytes(32)).toString("base64url");
    await trx
      .insertInto("viewers")
      .values({
        id: viewerId,
        session_id: sessionId,
        cookie_hash: hashOf(cookie),
        resume_hash: hashOf(resumeSecretOf(viewerId)),
        turn,
        handed_over_at: null,
        return_until: null,
        created_at: now,
      })
      .execute();
    return { viewerId, cookie };
  }

  return {
    resumeSecretOf,
    add,

    async enter(sessionId, tokenId, now) {
      // Without the lock: a crowd with a used token must not keep its winner waiting for a connection.
      if (await isSpent(db, tokenId)) return { outcome: "used" };
      return db.transaction().execute(async (trx): Promise<Entry> => {
        // The lock makes this and the session service's updates take turns: nobody connects in between.
        const session = await trx
          .selectFrom("sessions")
          .select(["status", "consented_at"])
          .where("id", "=", sessionId)
          .forUpdate()
          .executeTakeFirst();
        if (!session) return { outcome: "absent" };
        if (await isSpent(trx, tokenId)) return { outcome: "used" };
        if (isTerminal(session.status)) return { outcome: "over" };
        // Consent is one person's: whoever enters after it was given must be the same.
        if (entered[session.status] || session.consented_at !== null) return { outcome: "held" };
        if (!(await redeemOnce(trx, tokenId, sessionId, now))) return { outcome: "used" };
        const before = await trx.deleteFrom("viewers").where("session_id", "=", sessionId).returning("turn").execute();
        const turn = Math.max(0, ...before.map((viewer) => viewer.turn)) + 1;
        return { outcome: "entered", ...(await add(trx, sessionId, turn, now)) };
      });
    },

    async authenticate(sessionId, { cookie, resumeSecret }) {
      if (cookie === null && resumeSecret === null) return null;
      const viewers = await db
        .selectFrom("viewers")
        .select(["id", "cookie_hash", "resume_hash", "turn", "handed_over_at"])
        .where("session_id", "=", sessionId)
        .execute();
      const viewer = viewers.find(
        (row) =>
          (cookie !== null && timingSafeEqual(hashOf(cookie), row.cookie_hash)) ||
          (resumeSecret !== null && timingSafeEqual(hashOf(resumeSecret), row.resume_hash)),
      );
      return viewer ? { id: viewer.id, turn: viewer.turn, here: viewer.handed_over_at === null } : null;
    },

    async standing(sessionId, viewerId, now) {
      const all = await db
        .selectFrom("viewers")
        .select(["id", "turn", "handed_over_at", "return_until"])
        .where("session_id", "=", sessionId)
        .execute();
      const viewer = all.find(({ id }) => id === viewerId);
      if (!viewer) return null;
      const elsewhere = viewer.handed_over_at !== null;
      return {
        elsewhere,
        returnable: !elsewhere && all.some(({ turn }) => turn < viewer.turn),
        offered: elsewhere && viewer.return_until !== null && viewer.return_until > now,
      };
    },
  };
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

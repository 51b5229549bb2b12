import type { Kysely, Transaction } from "kysely";
import { AppError } from "@attestream/shared";
import type { SessionService } from "../sessions/session-service.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import { checkHandOverToken, handOverLifeMs, handOverTokenKey, mintHandOverToken } from "./hand-over-token.ts";
import { redeemOnce } from "./redeem-once.ts";
import type { RandomBytes } from "./signed-token.ts";
import type { NewViewer, Viewer, ViewerStore } from "./viewer-store.ts";

/**
 * How a session goes from one device of its end user to another. Only the viewer that holds it can offer
 * it; one bearer of the offer becomes the viewer, in one transaction with the entry in the session's log.
 * The viewer before keeps its credentials, which from then on let it watch, and take the session back
 * once it is offered that.
 */
export interface HandOvers {
  /** A token for another device. Writes nothing. */
  offer(session: SessionRow, viewer: Viewer): { token: string; expiresAt: Date };
  /** Lets the viewer that held the session before this one take it back. */
  offerBack(session: SessionRow, viewer: Viewer): Promise<{ expiresAt: Date }>;
  /** Throws the AppError that says why not. */
  take(sessionId: string, token: string): Promise<{ session: SessionRow } & NewViewer>;
  takeBack(sessionId: string, viewer: Viewer): Promise<SessionRow>;
}

export interface HandOverDependencies {
  db: Kysely<Database>;
  masterKey: Uint8Array;
  sessions: Pick<SessionService, "apply">;
  viewers: Pick<ViewerStore, "add">;
  clock: () => Date;
  randomBytes: RandomBytes;
}

export function createHandOvers(deps: HandOverDependencies): HandOvers {
  const { db, sessions, viewers, clock, randomBytes } = deps;
  const key = handOverTokenKey(deps.masterKey);

  /** The session's row is locked by then: whoever is second finds another turn. */
  async function move(sessionId: string, to: (trx: Transaction<Database>) => Promise<void>): Promise<SessionRow> {
    const { outcome, session } = await sessions.apply(sessionId, { type: "viewer.replaced" }, { within: to });
    if (session === null) throw new AppError("embed_token_invalid");
    if (outcome !== "stayed") throw new AppError("session_over");
    return session;
  }

  /** Takes it from the viewer whose turn it is. False: it is not that one's any more. */
  async function takeFrom(trx: Transaction<Database>, sessionId: string, turn: number, now: Date): Promise<boolean> {
    const left = await trx
      .updateTable("viewers")
      .set({ handed_over_at: now, return_until: null })
      .where("session_id", "=", sessionId)
      .where("turn", "=", turn)
      .where("handed_over_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    return left !== undefined;
  }

  return {
    offer(session, { turn }) {
      const expiresAt = new Date(clock().getTime() + handOverLifeMs);
      return { token: mintHandOverToken(key, { sessionId: session.id, turn, expiresAt }, randomBytes), expiresAt };
    },

    async offerBack(session, viewer) {
      const expiresAt = new Date(clock().getTime() + handOverLifeMs);
      const offered = await db
        .updateTable("viewers")
        .set({ return_until: expiresAt })
        .where("session_id", "=", session.id)
        .where("handed_over_at", "is not", null)
        .where("turn", "=", (previous) =>
          previous
            .selectFrom("viewers")
            .select(({ fn }) => fn.max("turn").as("turn"))
            .where("session_id", "=", session.id)
            .where("turn", "<", viewer.turn),
        )
        .returning("id")
        .executeTakeFirst();
      if (!offered) throw new AppError("session_state_conflict");
      return { expiresAt };
    },

    async take(sessionId, token) {
      const now = clock();
      const checked = checkHandOverToken(key, sessionId, token, now);
      if (checked === null) throw new AppError("embed_token_invalid");
      let entered: NewViewer | undefined;
      const session = await move(sessionId, async (trx) => {
        // First: of many with one token those that come too late learn that it was used, not that it is held.
        if (!(await redeemOnce(trx, checked.ledgerId, sessionId, now))) throw new AppError("embed_token_used");
        if (!(await takeFrom(trx, sessionId, checked.turn, now))) throw new AppError("session_held");
        entered = await viewers.add(trx, sessionId, checked.turn + 1, now);
      });
      return { session, ...entered! };
    },

    takeBack: (sessionId, viewer) =>
      move(sessionId, async (trx) => {
        const now = clock();
        const current = await trx
          .selectFrom("viewers")
          .select("turn")
          .where("session_id", "=", sessionId)
          .where("handed_over_at", "is", null)
          .executeTakeFirst();
        if (!current || !(await takeFrom(trx, sessionId, current.turn, now))) throw new AppError("session_held");
        const back = await trx
          .updateTable("viewers")
          .set({ handed_over_at: null, return_until: null, turn: current.turn + 1 })
          .where("id", "=", viewer.id)
          .where("handed_over_at", "is not", null)
          .where("return_until", ">", now)
          .returning("id")
          .executeTakeFirst();
        if (!back) throw new AppError("session_handed_over");
      }),
  };
}

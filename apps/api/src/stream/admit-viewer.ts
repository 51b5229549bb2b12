import type { Kysely } from "kysely";
import { AppError, isTerminal } from "@attestream/shared";
import { isStreamable } from "../embed/frame-view.ts";
import { redeemOnce } from "../embed/redeem-once.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import { checkStreamTicket } from "./stream-ticket.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

export interface Admission {
  session: SessionRow;
  viewerId: string;
  /** Which of the session's viewers it is, counted. */
  turn: number;
  /** `host:port` of the worker that holds the session. */
  workerAddress: string;
}

export interface AdmissionDependencies {
  db: Kysely<Database>;
  ticketKey: Uint8Array;
  sessions: Pick<SessionService, "get">;
  workers: { addressOf(session: SessionRow): Promise<string | null> };
  frameOrigins(): readonly string[];
  clock: () => Date;
}

/** Decides whether this upgrade may go to a worker, and to which; else throws AppError. The ticket is spent last. */
export function createAdmission(deps: AdmissionDependencies): (request: UpgradeRequest) => Promise<Admission> {
  const { db, ticketKey, sessions, workers, clock } = deps;
  return async (request) => {
    if (request.origin !== null && !deps.frameOrigins().includes(request.origin)) throw new AppError("origin_refused");
    const now = clock();
    const ticket = checkStreamTicket(ticketKey, request.sessionId, request.ticket, now);
    if (!ticket) throw new AppError("viewer_unknown");
    const session = await sessions.get(request.sessionId);
    if (!session) throw new AppError("viewer_unknown");
    if (isTerminal(session.status)) throw new AppError("session_over");
    if (!isStreamable(session)) throw new AppError("session_has_no_browser");
    const workerAddress = await workers.addressOf(session);
    if (workerAddress === null) throw new AppError("session_has_no_browser");
    const turn = await db.transaction().execute(async (trx) => {
      // The session's lock makes this and the entering of another viewer take turns.
      await trx.selectFrom("sessions").select("id").where("id", "=", session.id).forUpdate().execute();
      const viewer = await trx
        .selectFrom("viewers")
        .select("turn")
        .where("id", "=", ticket.viewerId)
        .where("session_id", "=", session.id)
        .where("handed_over_at", "is", null)
        .executeTakeFirst();
      if (!viewer || !(await redeemOnce(trx, ticket.ledgerId, session.id, now))) throw new AppError("viewer_unknown");
      return viewer.turn;
    });
    return { session, viewerId: ticket.viewerId, turn, workerAddress };
  };
}

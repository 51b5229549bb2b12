import type { RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import type { AuditLog } from "../audit/audit-log.ts";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { Sealer } from "../storage/encryption.ts";
import { ownSession } from "./own-session.ts";
import { presentSession, type SessionAddresses } from "./present-session.ts";
import type { SessionService } from "./session-service.ts";

/** `POST /partner/browser-session/:id/terminate`. Again on a terminated session: the same answer. */
export function terminateSessionRoute(deps: {
  sessions: SessionService;
  platforms: PlatformStore;
  addresses: SessionAddresses;
  sealer: Sealer;
  audit: AuditLog;
}): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response);
    const own = await ownSession(deps.sessions, partner, request.params["id"]);
    const { session } = await deps.sessions.apply(
      own.id,
      { type: "session.terminated", code: "TERMINATED_BY_PARTNER" },
      {
        within: (trx) =>
          deps.audit.record(trx, partner.actor, {
            action: "session.terminated",
            subject: own.id,
            partnerId: partner.id,
          }),
      },
    );
    if (session?.status !== "TERMINATED") {
      throw new AppError("session_state_conflict", {
        message: `The session has ended already: it is ${session?.status ?? own.status}.`,
      });
    }
    sendSuccess(response, presentSession(session, await deps.platforms.pinned(session), deps));
  };
}

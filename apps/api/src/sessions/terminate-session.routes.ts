import type { RequestHandler } from "express";
import { AppError } from "@attestream/shared";
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
}): RequestHandler {
  return async (request, response) => {
    const own = await ownSession(deps.sessions, partnerOf(response), request.params["id"]);
    const { session } = await deps.sessions.apply(own.id, {
      type: "session.terminated",
      code: "TERMINATED_BY_PARTNER",
    });
    if (session?.status !== "TERMINATED") {
      throw new AppError("session_state_conflict", {
        message: `The session has ended already: it is ${session?.status ?? own.status}.`,
      });
    }
    sendSuccess(response, presentSession(session, await deps.platforms.pinned(session), deps));
  };
}

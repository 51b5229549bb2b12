import type { RequestHandler } from "express";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { Sealer } from "../storage/encryption.ts";
import { ownSession } from "./own-session.ts";
import { presentSession, type SessionAddresses } from "./present-session.ts";
import type { SessionService } from "./session-service.ts";

/** `GET /partner/browser-session/:id` */
export function getSessionRoute(deps: {
  sessions: SessionService;
  platforms: PlatformStore;
  addresses: SessionAddresses;
  sealer: Sealer;
}): RequestHandler {
  return async (request, response) => {
    const session = await ownSession(deps.sessions, partnerOf(response), request.params["id"]);
    sendSuccess(response, presentSession(session, await deps.platforms.pinned(session), deps));
  };
}

import type { RequestHandler } from "express";
import type { Erasure } from "@attestream/shared/partner-api";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import type { createEraser } from "./erase-session.ts";
import { ownSession } from "./own-session.ts";
import type { SessionService } from "./session-service.ts";

/** `DELETE /partner/browser-session/:id/data` */
export function eraseSessionRoute(deps: {
  sessions: Pick<SessionService, "get">;
  erase: ReturnType<typeof createEraser>;
}): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response);
    const session = await ownSession(deps.sessions, partner, request.params["id"]);
    const { erased_at, receipt } = await deps.erase(session.id, partner.actor);
    const answer: Erasure = { sessionId: session.id, erasedAt: erased_at.toISOString(), receipt };
    sendSuccess(response, answer);
  };
}

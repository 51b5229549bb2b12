import type { RequestHandler } from "express";
import { revokeRequestSchema } from "@attestream/shared/partner-api";
import { parseInput } from "../http/parse-input.ts";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import { ownSession } from "../sessions/own-session.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { createRevoker } from "./revoke-attestation.ts";

/** `POST /partner/browser-session/:id/attestation/revoke` */
export function revokeRoute(deps: {
  sessions: Pick<SessionService, "get">;
  revoke: ReturnType<typeof createRevoker>;
}): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response);
    const session = await ownSession(deps.sessions, partner, request.params["id"]);
    const { reason } = parseInput(revokeRequestSchema, request.body ?? {});
    sendSuccess(response, await deps.revoke(session.id, reason, partner.actor));
  };
}

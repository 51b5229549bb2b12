import type { RequestHandler } from "express";
import type { CredentialResponse } from "@attestream/shared/partner-api";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import { ownSession } from "../sessions/own-session.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { BbsKeys } from "./bbs-keys.ts";
import type { CredentialService } from "./credential-service.ts";

/** `GET /partner/browser-session/:id/credential` */
export function credentialRoute(deps: {
  sessions: Pick<SessionService, "get">;
  credentials: CredentialService;
  publicUrl: string;
}): RequestHandler {
  return async (request, response) => {
    const session = await ownSession(deps.sessions, partnerOf(response), request.params["id"]);
    const { credential, issuer } = await deps.credentials.of(session);
    const answer: CredentialResponse = {
      sessionId: session.id,
      credential,
      issuer,
      bbsKeysUrl: `${deps.publicUrl}/.well-known/bbs-keys.json`,
    };
    sendSuccess(response, answer);
  };
}

/** `GET /.well-known/bbs-keys.json`: public, for whoever checks a predicate proof. */
export function bbsKeysRoute(keys: Pick<BbsKeys, "published">): RequestHandler {
  return async (_request, response) => {
    const keySet = await keys.published();
    response.setHeader("Cache-Control", "public, max-age=300");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.json(keySet);
  };
}

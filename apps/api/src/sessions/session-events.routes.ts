import type { Request, RequestHandler } from "express";
import type { Kysely } from "kysely";
import { isTerminal } from "@attestream/shared";
import { sessionEventsQuerySchema, type SessionEvents } from "@attestream/shared/partner-api";
import { parseInput } from "../http/parse-input.ts";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import type { Database } from "../storage/schema.ts";
import { ownSession } from "./own-session.ts";
import type { SessionLogStreams } from "./session-log-streams.ts";
import { readSessionLog } from "./session-log.ts";
import type { SessionService } from "./session-service.ts";

/**
 * `GET /partner/browser-session/:id/events`: a page of the log, or, with `Accept: text/event-stream`,
 * the log from `Last-Event-ID` on and what happens from now until the session has ended.
 */
export function sessionEventsRoute(deps: {
  db: Kysely<Database>;
  sessions: Pick<SessionService, "get">;
  streams: SessionLogStreams;
}): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response);
    const session = await ownSession(deps.sessions, partner, request.params["id"]);
    const { after, limit } = parseInput(sessionEventsQuerySchema, startOf(request));
    response.vary("Accept");
    if (request.accepts(["json", "text/event-stream"]) !== "text/event-stream") {
      const events = await readSessionLog(deps.db, session.id, { after, limit: limit + 1 });
      const page: SessionEvents = {
        sessionId: session.id,
        events: events.slice(0, limit),
        hasMore: events.length > limit,
      };
      sendSuccess(response, page);
      return;
    }
    if (isTerminal(session.status)) {
      const [next] = await readSessionLog(deps.db, session.id, { after, limit: 1 });
      if (!next) {
        // Tells an EventSource not to come again.
        response.status(204).end();
        return;
      }
    }
    deps.streams.open(response, { sessionId: session.id, partnerId: partner.id, after });
  };
}

/** `Last-Event-ID` is the standard's word for `after`, and the newer one of the two when a stream is resumed. */
function startOf(request: Request): unknown {
  const last = request.get("last-event-id");
  return last === undefined || last === "" ? request.query : { ...request.query, after: last };
}

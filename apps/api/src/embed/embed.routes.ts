import { randomBytes as systemRandomBytes } from "node:crypto";
import { join } from "node:path";
import express, { type Request, type RequestHandler, type Response } from "express";
import type { Kysely } from "kysely";
import { AppError, isTerminal, sessionIdSchema } from "@attestream/shared";
import {
  consentRequestSchema,
  exchangeRequestSchema,
  handOverRequestSchema,
  takeOverRequestSchema,
  type FrameOpening,
  type FrameView,
  type HandOver,
  type StreamTicket,
} from "@attestream/shared/frame-api";
import { jsonBody } from "../http/json-body.ts";
import type { Log } from "../http/log.ts";
import { parseInput } from "../http/parse-input.ts";
import { sendSuccess } from "../http/send-success.ts";
import { limitRefusedKeys } from "../http/refused-keys.ts";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import { mintStreamTicket, streamTicketKey } from "../stream/stream-ticket.ts";
import { embedTokenKey } from "./embed-token.ts";
import { createEventStreams } from "./event-streams.ts";
import type { FrameAddresses } from "./frame-addresses.ts";
import { setFrameHeaders } from "./frame-headers.ts";
import { createFramePageReader, frameMissingPage } from "./frame-page.ts";
import { createFrameService, type Opening } from "./frame-service.ts";
import { createFrameViews, isStreamable } from "./frame-view.ts";
import { createHandOvers } from "./hand-over.ts";
import type { RandomBytes } from "./signed-token.ts";
import { readViewerCredentials, setViewerCookie } from "./viewer-cookie.ts";
import { createViewerStore } from "./viewer-store.ts";

export interface EmbedDependencies {
  db: Kysely<Database>;
  masterKey: Uint8Array;
  sessions: Pick<SessionService, "get" | "apply" | "onChange">;
  dispatch: { queuePosition(sessionId: string): Promise<FrameView["queue"]> };
  platforms: Pick<PlatformStore, "pinned">;
  /** Asked per request: with PORT=0 the port is known only once the server listens. */
  addresses(): FrameAddresses;
  /** Holds the built frame page: index.html and assets/. */
  frameDir: string;
  clock: () => Date;
  /** How long a browser waits for a viewer whose line broke; told to the frame. */
  viewerGraceMs: number;
  log: Log;
  /** Aborted when the API stops: ends the event streams. */
  signal: AbortSignal;
  /** A new viewer took an earlier one's place: the earlier one's stream must end (the stream gateway's `closeOthers`). */
  onViewerEntered?(sessionId: string, viewerId: string): void;
  randomBytes?: RandomBytes;
  /** Wrong tokens per address and minute, after which the address has to wait. */
  refusalsPerMinute?: number;
  heartbeatMs?: number;
  queueRefreshMs?: number;
}

/** The frame page and its API: everything below `/verify`. */
export function createEmbedRoutes(deps: EmbedDependencies): express.Router {
  const { db, masterKey, sessions, addresses, clock, log, randomBytes = systemRandomBytes } = deps;
  const viewers = createViewerStore({ db, masterKey, randomBytes });
  const frame = createFrameService({ sessions, viewers, tokenKey: embedTokenKey(masterKey), clock });
  const readView = createFrameViews({
    db,
    platforms: deps.platforms,
    queuePosition: (id) => deps.dispatch.queuePosition(id),
    viewers,
    clock,
    viewerGraceMs: deps.viewerGraceMs,
  });
  const handOvers = createHandOvers({ db, masterKey, sessions, viewers, clock, randomBytes });
  const readPage = createFramePageReader(deps.frameDir);
  const ticketKey = streamTicketKey(masterKey);
  const events = createEventStreams({
    sessions,
    viewers,
    clock,
    readView,
    reopen: (session) => frame.reopen(session),
    log,
    signal: deps.signal,
    ...(deps.heartbeatMs === undefined ? {} : { heartbeatMs: deps.heartbeatMs }),
    ...(deps.queueRefreshMs === undefined ? {} : { queueRefreshMs: deps.queueRefreshMs }),
  });

  const authenticate = (request: Request) => {
    const sessionId = sessionIdOf(request);
    if (sessionId === null) throw new AppError("viewer_unknown");
    return frame.require(sessionId, readViewerCredentials(request, sessionId));
  };

  /** The viewer that holds the session: one that handed it over may watch, and do nothing. */
  const authenticateHolder = async (request: Request) => {
    const found = await authenticate(request);
    if (!found.viewer.here) throw new AppError("session_handed_over");
    return found;
  };

  async function answerOpening(response: Response, opening: Omit<Opening, "cookie">): Promise<void> {
    const { session, viewerId, resumeSecret } = opening;
    sendSuccess(response, { view: await readView(session, viewerId), resumeSecret } satisfies FrameOpening);
  }

  function setCookie(response: Response, session: SessionRow, cookie: string): void {
    setViewerCookie(response, session.id, cookie, session.expires_at.getTime() - clock().getTime());
  }

  /** From the frame page itself only: its cookie travels with any page's request, its Origin does not. */
  const ownPageOnly: RequestHandler = (request, _response, next) => {
    const origin = request.get("origin");
    if (origin === undefined ? request.method !== "GET" : !addresses().frameOrigins.includes(origin))
      throw new AppError("origin_refused");
    if (request.method === "POST" && !request.is("application/json")) throw new AppError("unsupported_media_type");
    next();
  };

  const api = express.Router({ mergeParams: true });
  api.use((_request, response, next) => {
    response.set({ "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" });
    next();
  });
  api.use(ownPageOnly);

  api.post("/exchange", limitRefusedKeys(deps.refusalsPerMinute), ...jsonBody(), async (request, response) => {
    const { token } = parseInput(exchangeRequestSchema, request.body);
    const sessionId = sessionIdOf(request);
    if (sessionId === null) throw new AppError("embed_token_invalid");
    const opening = await frame.exchange(
      sessionId,
      token,
      readViewerCredentials(request, sessionId),
      (session, cookie) => setCookie(response, session, cookie),
    );
    if (opening.cookie !== null) {
      events.closeOthers(sessionId, opening.viewerId);
      deps.onViewerEntered?.(sessionId, opening.viewerId);
    }
    await answerOpening(response, opening);
  });

  api.post("/resume", ...jsonBody(), async (request, response) => {
    const sessionId = sessionIdOf(request);
    if (sessionId === null) throw new AppError("viewer_unknown");
    await answerOpening(response, await frame.resume(sessionId, readViewerCredentials(request, sessionId)));
  });

  api.post("/stream-ticket", ...jsonBody(), async (request, response) => {
    const { session, viewer } = await authenticateHolder(request);
    if (isTerminal(session.status)) throw new AppError("session_over");
    const { seal_key: sealKey } = session;
    if (!isStreamable(session) || sealKey === null) throw new AppError("session_has_no_browser");
    const ticket = mintStreamTicket(ticketKey, { sessionId: session.id, viewerId: viewer.id }, clock(), randomBytes);
    sendSuccess(response, { url: addresses().streamUrl(session.id), ticket, sealKey } satisfies StreamTicket);
  });

  api.post("/consent", ...jsonBody(), async (request, response) => {
    const { accepted } = parseInput(consentRequestSchema, request.body);
    const { session, viewer } = await authenticateHolder(request);
    sendSuccess(response, await readView(await frame.consent(session, accepted), viewer.id));
  });

  api.post("/cancel", ...jsonBody(), async (request, response) => {
    const { session, viewer } = await authenticateHolder(request);
    sendSuccess(response, await readView(await frame.cancel(session), viewer.id));
  });

  api.get("/events", async (request, response) => {
    const { session, viewer } = await authenticate(request);
    events.open(response, session, viewer.id);
  });

  api.post("/hand-over", ...jsonBody(), async (request, response) => {
    const { to } = parseInput(handOverRequestSchema, request.body);
    const { session, viewer } = await authenticateHolder(request);
    if (isTerminal(session.status)) throw new AppError("session_over");
    if (to === "previous") {
      const { expiresAt } = await handOvers.offerBack(session, viewer);
      events.refresh(session);
      sendSuccess(response, { url: null, expiresAt: expiresAt.toISOString() } satisfies HandOver);
      return;
    }
    const { token, expiresAt } = handOvers.offer(session, viewer);
    const url = new URL(`/verify/${session.id}?handover=${token}`, request.get("origin"));
    sendSuccess(response, { url: url.href, expiresAt: expiresAt.toISOString() } satisfies HandOver);
  });

  api.post("/take-over", limitRefusedKeys(deps.refusalsPerMinute), ...jsonBody(), async (request, response) => {
    const { token } = parseInput(takeOverRequestSchema, request.body);
    const sessionId = sessionIdOf(request);
    if (sessionId === null) throw new AppError("embed_token_invalid");
    let session: SessionRow;
    let viewerId: string;
    if (token === undefined) {
      const { viewer } = await authenticate(request);
      viewerId = viewer.id;
      session = await handOvers.takeBack(sessionId, viewer);
    } else {
      const taken = await handOvers.take(sessionId, token);
      ({ session, viewerId } = taken);
      setCookie(response, session, taken.cookie);
    }
    deps.onViewerEntered?.(sessionId, viewerId);
    await answerOpening(response, { session, viewerId, resumeSecret: viewers.resumeSecretOf(viewerId) });
  });

  const router = express.Router();
  router.use("/verify", (_request, response, next) => {
    response.set("X-Content-Type-Options", "nosniff");
    next();
  });
  router.use(
    "/verify/assets",
    // The files' names carry their hash. The page is allowed to load them from its own origin only.
    express.static(join(deps.frameDir, "assets"), {
      immutable: true,
      maxAge: "1y",
      index: false,
      redirect: false,
      dotfiles: "ignore",
    }),
    (_request, _response, next) => next(new AppError("not_found")),
  );
  // Loading the page does nothing and tells nothing: browsers ask for it even where they then refuse
  // to show it, and an unknown session learns so from the exchange only.
  router.get("/verify/:id", async (request, response) => {
    const page = await readPage();
    const allowedOrigins = await allowedOriginsOf(db, sessionIdOf(request));
    const alone = request.query["handover"] !== undefined;
    setFrameHeaders(response, { allowedOrigins, streamOrigins: addresses().streamOrigins, alone });
    response.type("html");
    if ("html" in page) {
      response.send(page.html);
      return;
    }
    log.error({ frameDir: deps.frameDir, code: codeOf(page.problem) }, "frame page cannot be read");
    response.status(503).send(frameMissingPage);
  });
  router.use("/verify/:id", api);
  return router;
}

function sessionIdOf(request: Request): string | null {
  const parsed = sessionIdSchema.safeParse(request.params["id"]);
  return parsed.success ? parsed.data.toLowerCase() : null;
}

async function allowedOriginsOf(db: Kysely<Database>, sessionId: string | null): Promise<string[] | null> {
  if (sessionId === null) return null;
  const row = await db.selectFrom("sessions").select("allowed_origins").where("id", "=", sessionId).executeTakeFirst();
  return row?.allowed_origins ?? null;
}

function codeOf(problem: unknown): string {
  return problem instanceof Error && "code" in problem ? String(problem.code) : "unknown";
}

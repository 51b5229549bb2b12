import type { IncomingMessage } from "node:http";
import { AppError, sessionIdSchema } from "@attestream/shared";
import { sealSubprotocolPrefix, ticketSubprotocolPrefix, viewerSubprotocol } from "@attestream/shared/viewer-protocol";

/** What the API needs to know of a request for a session's stream. */
export interface UpgradeRequest {
  sessionId: string;
  ticket: string;
  /** The subprotocol with what the viewer offers for sealing; passed on. */
  seal: string;
  /** Null from programs that are no browser; a browser always sends it. */
  origin: string | null;
  /** Sec-WebSocket-Key, passed on: the worker's answer is made from it. */
  key: string;
}

/** Throws AppError: what is wrong with the handshake, before anybody is asked about the ticket. */
export function parseUpgradeRequest(request: IncomingMessage): UpgradeRequest {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  const id = sessionIdSchema.safeParse(/^\/session\/([^/]+)$/.exec(path)?.[1]);
  if (!id.success) throw new AppError("not_found");
  const { headers } = request;
  const key = headers["sec-websocket-key"] ?? "";
  if (
    request.method !== "GET" ||
    headers.upgrade?.toLowerCase() !== "websocket" ||
    !/^[+/0-9A-Za-z]{22}==$/.test(key)
  ) {
    throw new AppError("invalid_request", { message: "This is not a WebSocket handshake." });
  }
  if (headers["sec-websocket-version"] !== "13") {
    throw new AppError("invalid_request", { message: "Sec-WebSocket-Version must be 13." });
  }
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (!offered.includes(viewerSubprotocol)) {
    throw new AppError("invalid_request", {
      message: `Offer the subprotocols ${viewerSubprotocol}, ${ticketSubprotocolPrefix}<stream ticket> and ${sealSubprotocolPrefix}<offer>.`,
    });
  }
  const tickets = offered.filter((name) => name.startsWith(ticketSubprotocolPrefix));
  const [ticket] = tickets;
  if (ticket === undefined || tickets.length > 1) {
    throw new AppError("viewer_unknown", {
      message: `Offer exactly one subprotocol ${ticketSubprotocolPrefix}<stream ticket>.`,
    });
  }
  const seal = offered.find((name) => name.startsWith(sealSubprotocolPrefix));
  if (seal === undefined || !/^[\w.-]{6,200}$/.test(seal)) {
    throw new AppError("invalid_request", { message: `Offer the subprotocol ${sealSubprotocolPrefix}<offer>.` });
  }
  return {
    sessionId: id.data.toLowerCase(),
    ticket: ticket.slice(ticketSubprotocolPrefix.length),
    seal,
    origin: headers.origin ?? null,
    key,
  };
}

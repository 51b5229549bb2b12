import type { IncomingMessage, ServerResponse } from "node:http";
import type { ViewerCredentials } from "./viewer-store.ts";

const longestCredential = 256;

/** One cookie per session, so that two frames on one page do not sign each other out. */
function cookieName(sessionId: string): string {
  return `__Host-as-${sessionId}`;
}

/**
 * Partitioned: the frame is a third party in the partner's page, and browsers that block third-party
 * cookies still keep this one, for this embedding site only.
 */
export function setViewerCookie(response: ServerResponse, sessionId: string, value: string, maxAgeMs: number): void {
  const maxAge = Math.max(0, Math.floor(maxAgeMs / 1000));
  response.appendHeader(
    "Set-Cookie",
    `${cookieName(sessionId)}=${value}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=None; Partitioned`,
  );
}

export function readViewerCredentials(request: IncomingMessage, sessionId: string): ViewerCredentials {
  const bearer = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(request.headers.authorization ?? "")?.[1];
  return {
    cookie: bounded(readCookie(request.headers.cookie ?? "", cookieName(sessionId))),
    resumeSecret: bounded(bearer),
  };
}

function readCookie(header: string, name: string): string | undefined {
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

function bounded(text: string | undefined): string | null {
  return text !== undefined && text !== "" && text.length <= longestCredential ? text : null;
}

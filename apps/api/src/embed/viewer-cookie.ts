import type { Request, Response } from "express";
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
export function setViewerCookie(response: Response, sessionId: string, value: string, maxAgeMs: number): void {
  response.cookie(cookieName(sessionId), value, {
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "none",
    partitioned: true,
    maxAge: Math.max(0, maxAgeMs),
  });
}

export function readViewerCredentials(request: Request, sessionId: string): ViewerCredentials {
  const bearer = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(request.get("authorization") ?? "")?.[1];
  return {
    cookie: bounded(readCookie(request.get("cookie") ?? "", cookieName(sessionId))),
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

import { timingSafeEqual } from "node:crypto";
import type { NextFunction, Request, Response } from "express";
import type { Visit, Visits } from "./visits.ts";

export const visitCookie = "__Host-demo-bank";

const visitsInProgress = new WeakMap<Response, Visit>();

/** Whose request this answers; undefined for a new visitor. */
export const visitOf = (response: Response): Visit | undefined => visitsInProgress.get(response);

/** Recognises the visitor by the cookie, for `visitOf`. */
export function readVisit(visits: Visits) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const id = readCookie(request.headers.cookie, visitCookie);
    const visit = id === undefined ? undefined : visits.find(id);
    if (visit) visitsInProgress.set(response, visit);
    next();
  };
}

export function setVisit(response: Response, visit: Visit): void {
  visitsInProgress.set(response, visit);
  response.cookie(visitCookie, visit.id, { secure: true, httpOnly: true, sameSite: "lax", path: "/" });
}

export function clearVisit(response: Response): void {
  visitsInProgress.delete(response);
  response.clearCookie(visitCookie, { secure: true, httpOnly: true, sameSite: "lax", path: "/" });
}

/** True when a posted form came from a page that this visit was shown. */
export function hasFormToken(visit: Visit, token: unknown): boolean {
  if (typeof token !== "string" || token.length !== visit.formToken.length) return false;
  const given = Buffer.from(token);
  const expected = Buffer.from(visit.formToken);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(";") ?? []) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name) return value;
  }
  return undefined;
}

import type { Actor } from "../audit/actor.ts";
import type { NextFunction, Request, Response } from "express";

/** Gives every request an id, answered as `x-request-id` and named in every error. */
export function requestId(newId: () => string) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    const id = newId();
    response.locals["requestId"] = id;
    response.setHeader("x-request-id", id);
    next();
  };
}

export function requestIdOf(response: Response): string {
  return String(response.locals["requestId"] ?? "");
}

/** Who asks, after `requireKey`. */
export interface AuthenticatedPartner {
  id: string;
  name: string;
  mode: "live" | "test";
  keyId: string;
  reachesEveryPlatform: boolean;
  /** As the audit log names it. */
  actor: Actor;
}

export function setPartner(response: Response, partner: AuthenticatedPartner): void {
  response.locals["partner"] = partner;
}

/** Only behind `requireKey`. */
export function partnerOf(response: Response): AuthenticatedPartner {
  const partner: AuthenticatedPartner | undefined = response.locals["partner"];
  if (!partner) throw new Error("partnerOf was called on a route without requireKey");
  return partner;
}

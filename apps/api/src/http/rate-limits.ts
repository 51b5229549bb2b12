import type { RequestHandler, Response } from "express";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "@attestream/shared";
import { partnerOf } from "./request-context.ts";

export interface RateLimit {
  /** Appears in the RateLimit headers. */
  name: string;
  points: number;
  windowSeconds: number;
}

/** All requests of a key. */
export const requestLimit = (perMinute: number): RateLimit => ({
  name: "requests",
  points: perMinute,
  windowSeconds: 60,
});
/** Its session creates, which count as requests too. */
export const createLimit = (perMinute: number): RateLimit => ({
  name: "creates",
  points: perMinute,
  windowSeconds: 60,
});

/** Webhooks that a key asks for: each makes us send a request to the outside. */
export const webhookLimit = (perMinute: number): RateLimit => ({
  name: "webhooks",
  points: perMinute,
  windowSeconds: 60,
});

/** Counts per API key; stands behind `requireKey`. In memory: one process. */
export function rateLimit(limit: RateLimit): RequestHandler {
  const limiter = new RateLimiterMemory({ points: limit.points, duration: limit.windowSeconds });
  return async (_request, response, next) => {
    let state: RateLimiterRes;
    try {
      state = await limiter.consume(partnerOf(response).keyId);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      tell(response, limit, refusal);
      response.setHeader("Retry-After", String(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))));
      throw new AppError("rate_limited", {
        details: { limit: limit.points, windowSeconds: limit.windowSeconds, name: limit.name },
      });
    }
    tell(response, limit, state);
    next();
  };
}

/** The tightest limit that counted the request comes last and is the one told. */
function tell(response: Response, limit: RateLimit, state: RateLimiterRes): void {
  response.setHeader("RateLimit-Policy", `"${limit.name}";q=${limit.points};w=${limit.windowSeconds}`);
  response.setHeader(
    "RateLimit",
    `"${limit.name}";r=${Math.max(0, state.remainingPoints)};t=${Math.ceil(state.msBeforeNext / 1000)}`,
  );
}

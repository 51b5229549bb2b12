import type { RequestHandler } from "express";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { AppError } from "@attestream/shared";

/** Refused keys per address and minute, after which the address is asked to wait: guessing must not be cheap. */
const refusalsPerMinute = 60;

/** Stands before `requireKey`. Counts only requests that ended in 401. */
export function limitRefusedKeys(points = refusalsPerMinute): RequestHandler {
  const limiter = new RateLimiterMemory({ points, duration: 60 });
  return async (request, response, next) => {
    const address = request.ip ?? "";
    const state = await limiter.get(address);
    if (state && state.consumedPoints >= points) {
      response.setHeader("Retry-After", String(Math.max(1, Math.ceil(state.msBeforeNext / 1000))));
      throw new AppError("rate_limited");
    }
    response.on("finish", () => {
      if (response.statusCode === 401) void limiter.penalty(address);
    });
    next();
  };
}

import type { RequestHandler } from "express";
import type { Log } from "./log.ts";
import { requestIdOf, type AuthenticatedPartner } from "./request-context.ts";

/** One line per request. Names the route, never the address asked for: it can hold tokens. */
export function requestLog(
  log: Log,
  now: () => Date,
  onAnswered?: (request: { method: string; route: string; status: number; seconds: number }) => void,
): RequestHandler {
  return (request, response, next) => {
    const startedAt = now().getTime();
    response.on("close", () => {
      const partner: AuthenticatedPartner | undefined = response.locals["partner"];
      const route: unknown = request.route?.path;
      const fields = {
        op: "http.request",
        ok: response.statusCode < 400,
        method: request.method,
        route: typeof route === "string" ? `${request.baseUrl.replace(/[0-9a-f-]{36}/gi, ":id")}${route}` : undefined,
        status: response.statusCode,
        durationMs: now().getTime() - startedAt,
        requestId: requestIdOf(response),
        partnerId: partner?.id,
        errorCode: response.locals["errorCode"],
      };
      onAnswered?.({
        method: fields.method,
        // What leads nowhere is one: anybody can make up more.
        route: fields.route ?? "none",
        status: fields.status,
        seconds: fields.durationMs / 1000,
      });
      if (route === "/healthz" || route === "/readyz" || route === "/metrics") log.debug(fields, "request");
      else log.info(fields, "request");
    });
    next();
  };
}

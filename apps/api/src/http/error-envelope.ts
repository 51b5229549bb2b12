import type { ErrorRequestHandler, RequestHandler } from "express";
import { apiErrors, AppError } from "@attestream/shared";
import type { ErrorEnvelope } from "@attestream/shared/partner-api";
import { isDatabaseOutage } from "../storage/database-outage.ts";
import { requestIdOf } from "./request-context.ts";
import type { Log } from "./log.ts";

const docs = "/docs/errors";

/** Ends every failed request in the documented envelope. Never tells a stack, a query or the caller's own words. */
export function errorEnvelope(deps: { publicUrl: string; log: Log }): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const known = toAppError(error);
    const entry = apiErrors[known.code];
    if (known.code === "internal" || known.code === "storage_unavailable") {
      deps.log.error({ requestId: requestIdOf(response), err: describe(known.cause ?? known) }, "request failed");
    }
    if (entry.status === 503 && !response.hasHeader("Retry-After")) response.setHeader("Retry-After", "5");
    response.locals["errorCode"] = known.code;
    const body: ErrorEnvelope = {
      status: "error",
      error: {
        type: entry.type,
        code: known.code,
        message: known.code === "internal" ? entry.message : known.message,
        ...(known.param === undefined ? {} : { param: known.param }),
        retriable: entry.retriable,
        requestId: requestIdOf(response),
        docUrl: `${deps.publicUrl}${docs}#${known.code}`,
        ...(known.details === undefined ? {} : { details: known.details }),
      },
    };
    response.status(entry.status).json(body);
  };
}

/** The last route: nothing else matched. */
export const nothingHere: RequestHandler = (_request, _response, next) => next(new AppError("not_found"));

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseOutage(error)) return new AppError("storage_unavailable", { cause: error });
  const type = error instanceof Error && "type" in error ? error.type : undefined;
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  if (type === "entity.too.large") return new AppError("body_too_large", { cause: error });
  if (type === "entity.parse.failed") return new AppError("invalid_json", { cause: error });
  if (type === "charset.unsupported" || type === "encoding.unsupported" || status === 415) {
    return new AppError("unsupported_media_type", { cause: error });
  }
  // What the framework itself refuses: malformed percent-encoding, a body that broke off.
  if (typeof status === "number" && status >= 400 && status < 500)
    return new AppError("invalid_request", { cause: error });
  return new AppError("internal", { cause: error });
}

/** Name, code and stack; never `detail` or `where` of a database error, which quote values. */
function describe(error: unknown): { name: string; code?: string; stack?: string } {
  if (!(error instanceof Error)) return { name: typeof error };
  return {
    name: error.name,
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}

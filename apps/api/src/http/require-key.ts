import type { Request, RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import { setPartner, type AuthenticatedPartner } from "./request-context.ts";

/** Lets only holders of a valid API key pass; `partnerOf(response)` then tells who it is. */
export function requireKey(authenticate: (key: string) => Promise<AuthenticatedPartner | null>): RequestHandler {
  return async (request, response, next) => {
    const key = keyOf(request);
    if (key === undefined) throw new AppError("api_key_missing");
    const partner = await authenticate(key);
    if (!partner) throw new AppError("api_key_invalid");
    setPartner(response, partner);
    next();
  };
}

function keyOf(request: Request): string | undefined {
  const header = request.headers["x-api-key"];
  if (typeof header === "string" && header !== "") return header;
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "");
  return bearer?.[1];
}

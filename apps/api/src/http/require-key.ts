import type { Request, RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import { networkOf } from "../audit/actor.ts";
import type { KeyHolder } from "../keys/authenticate-key.ts";
import { requestIdOf, setPartner } from "./request-context.ts";

/** Lets only holders of a valid API key pass; `partnerOf(response)` then tells who it is. */
export function requireKey(authenticate: (key: string) => Promise<KeyHolder | null>): RequestHandler {
  return async (request, response, next) => {
    const key = keyOf(request);
    if (key === undefined) throw new AppError("api_key_missing");
    const holder = await authenticate(key);
    if (!holder) throw new AppError("api_key_invalid");
    const { keyPrefix, ...partner } = holder;
    setPartner(response, {
      ...partner,
      actor: { who: `key ${keyPrefix}`, address: networkOf(request.ip), requestId: requestIdOf(response) },
    });
    next();
  };
}

function keyOf(request: Request): string | undefined {
  const header = request.headers["x-api-key"];
  if (typeof header === "string" && header !== "") return header;
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "");
  return bearer?.[1];
}

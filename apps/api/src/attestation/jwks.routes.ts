import type { RequestHandler } from "express";
import type { SigningKeys } from "./signing-keys.ts";

/** `GET /.well-known/jwks.json`: public, and the plain key set, because that is what every library reads. */
export function jwksRoute(keys: Pick<SigningKeys, "published">): RequestHandler {
  return async (_request, response) => {
    const keySet = await keys.published();
    response.setHeader("Cache-Control", "public, max-age=300");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.json(keySet);
  };
}

import type { RequestHandler } from "express";
import type { AttestorKeys } from "./attestor-keys.ts";

/** `GET /.well-known/attestors.json`: a JWKS of the attestors that this installation works with, and worked with; and who they are. */
export function attestorsRoute(keys: Pick<AttestorKeys, "published" | "present">): RequestHandler {
  return async (_request, response) => {
    const { keys: published } = await keys.published();
    response.setHeader("Cache-Control", "public, max-age=60");
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.json({ keys: published, attestors: keys.present().map(({ url, kids }) => ({ url, kids })) });
  };
}

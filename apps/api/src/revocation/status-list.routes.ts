import type { RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import { statusLifeMs, type StatusLists } from "./status-lists.ts";

/** `GET /status-lists/:id`: public, for whoever checks an attestation. */
export function statusListRoute(lists: Pick<StatusLists, "token">): RequestHandler {
  return async (request, response) => {
    const id = String(request.params["id"]);
    const token = /^\d{1,9}$/.test(id) ? await lists.token(Number(id)) : null;
    if (token === null) throw new AppError("not_found");
    response.setHeader("Cache-Control", `public, max-age=${statusLifeMs / 5_000}`);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Content-Type", "application/statuslist+jwt");
    response.send(Buffer.from(token));
  };
}

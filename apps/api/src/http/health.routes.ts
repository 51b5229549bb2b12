import type { RequestHandler } from "express";
import { sql, type Kysely } from "kysely";
import { AppError } from "@attestream/shared";
import type { Database } from "../storage/schema.ts";

/** `GET /healthz`: the process answers. Says nothing about what it depends on, so that an outage elsewhere does not get it restarted. */
export const healthz: RequestHandler = (_request, response) => {
  response.json({ status: "ok" });
};

/** `GET /readyz`: requests can be served: the database answers. */
export function readyz(db: Kysely<Database>): RequestHandler {
  return async (_request, response) => {
    try {
      await sql`select 1`.execute(db);
    } catch (error) {
      throw new AppError("storage_unavailable", { cause: error });
    }
    response.json({ status: "ok" });
  };
}

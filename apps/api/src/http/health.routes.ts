import type { RequestHandler } from "express";
import type { Kysely } from "kysely";
import { AppError } from "@attestream/shared";
import type { AttestorKeys } from "../attestors/attestor-keys.ts";
import type { Database } from "../storage/schema.ts";
import { readPresentWorkers } from "../workers/present-workers.ts";

/** `GET /healthz`: the process answers. Says nothing about what it depends on, so that an outage elsewhere does not get it restarted. */
export const healthz: RequestHandler = (_request, response) => {
  response.json({ status: "ok" });
};

/** `GET /readyz`: requests can be served: the database answers. Says also how many workers there are, the least isolation among them, and which attestors. */
export function readyz(
  db: Kysely<Database>,
  now: () => Date,
  attestors: Pick<AttestorKeys, "present">,
): RequestHandler {
  return async (_request, response) => {
    try {
      const { up, isolationLevel } = await readPresentWorkers(db, now());
      response.json({
        status: "ok",
        workers: up,
        isolationLevel,
        attestors: attestors.present().map(({ url, isReachable }) => ({ url, reachable: isReachable })),
      });
    } catch (error) {
      throw new AppError("storage_unavailable", { cause: error });
    }
  };
}

import type { RequestHandler } from "express";
import type { Kysely } from "kysely";
import type { WorkerKeys } from "@attestream/shared/frame-api";
import type { Database } from "../storage/schema.ts";

/** A worker silent for longer holds no session whose viewer could ask. */
const publishedForMs = 24 * 60 * 60 * 1000;

/**
 * `GET /.well-known/worker-keys.json`: the identity keys of the workers, with which they sign what their
 * viewers seal for. A set apart from the attestation keys: a worker must not be able to sign an attestation.
 */
export function workerKeysRoute(db: Kysely<Database>, now: () => Date): RequestHandler {
  return async (_request, response) => {
    const rows = await db
      .selectFrom("workers")
      .select("identity_key")
      .where("seen_at", ">", new Date(now().getTime() - publishedForMs))
      .execute();
    const keys = rows.flatMap(({ identity_key: key }) => (key === null ? [] : [key]));
    // A worker that has just come must be found at once.
    response.setHeader("Cache-Control", "no-store");
    response.json({ keys } satisfies WorkerKeys);
  };
}

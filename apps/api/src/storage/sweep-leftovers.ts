import type { Kysely } from "kysely";
import { embedTokenLifeMs } from "../embed/embed-token.ts";
import { idempotencyKeyLifeMs } from "../sessions/idempotency.ts";
import type { Database } from "./schema.ts";

const everyMs = 60_000;
/** The window that held a session may look at its end for so long. */
const viewerKeptMs = 24 * 3_600_000;
/** Every start of a worker that was given no name leaves a row. */
const lostWorkerKeptMs = 24 * 3_600_000;

/** Deletes rows that have done their work: used tokens that are too old to be tried again, viewers of sessions long over, idempotency keys, workers that are long gone. At most once a minute. */
export function createLeftoverSweep(deps: { db: Kysely<Database>; now: () => Date }): () => Promise<void> {
  const { db, now } = deps;
  let sweptAt = Number.NEGATIVE_INFINITY;

  return async () => {
    const at = now().getTime();
    if (at - sweptAt < everyMs) return;
    const before = (ms: number) => new Date(at - ms);
    // Twice its life: replicas' clocks differ.
    await db
      .deleteFrom("embed_tokens")
      .where("used_at", "<", before(2 * embedTokenLifeMs))
      .execute();
    await db.deleteFrom("idempotency_keys").where("created_at", "<", before(idempotencyKeyLifeMs)).execute();
    await db
      .deleteFrom("viewers")
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom("sessions")
            .select("sessions.id")
            .whereRef("sessions.id", "=", "viewers.session_id")
            .where("sessions.completed_at", "<", before(viewerKeptMs)),
        ),
      )
      .execute();
    await db
      .deleteFrom("workers")
      .where("state", "=", "lost")
      .where("seen_at", "<", before(lostWorkerKeptMs))
      .where((eb) =>
        eb.not(
          eb.exists(eb.selectFrom("sessions").select("sessions.id").whereRef("sessions.worker_id", "=", "workers.id")),
        ),
      )
      .execute();
    sweptAt = at;
  };
}

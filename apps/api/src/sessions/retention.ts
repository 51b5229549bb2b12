import { systemActor, type Actor } from "../audit/actor.ts";
import type { Kysely } from "kysely";
import type { Database } from "../storage/schema.ts";

const everyMs = 60_000;
/** So many at a time, so that the deadlines of living sessions are not kept waiting. */
const batch = 50;

/**
 * Erases what is known of the end users of sessions that ended long enough ago, oldest first, as a
 * partner's request would. For the sweeper: at most once a minute, unless there is more to do.
 */
export function createRetention(deps: {
  db: Kysely<Database>;
  erase: (sessionId: string, actor: Actor) => Promise<unknown>;
  /** 0: kept until a partner asks. */
  retentionMs: number;
  now: () => Date;
}): () => Promise<void> {
  const { db, erase, retentionMs, now } = deps;
  let sweptAt = Number.NEGATIVE_INFINITY;

  return async () => {
    const at = now().getTime();
    if (retentionMs === 0 || at - sweptAt < everyMs) return;
    const due = await db
      .selectFrom("sessions")
      .select("id")
      .where("completed_at", "<=", new Date(at - retentionMs))
      .where("data_erased_at", "is", null)
      .orderBy("completed_at")
      .limit(batch)
      .execute();
    for (const { id } of due) await erase(id, systemActor("retention"));
    if (due.length < batch) sweptAt = at;
  };
}

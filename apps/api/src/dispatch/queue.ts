import { sql, type Kysely, type Transaction } from "kysely";
import type { Database, SessionRow } from "../storage/schema.ts";

/**
 * The queue is the sessions table: CREATED and opened. Those that had a browser before (parked, or
 * their worker was lost) come first, then the longest waiting.
 */
export function nextWaiting(trx: Transaction<Database>): Promise<SessionRow | undefined> {
  return trx
    .selectFrom("sessions")
    .selectAll()
    .where("status", "=", "CREATED")
    .where("opened_at", "is not", null)
    .orderBy(sql`(epoch > 0)`, "desc")
    .orderBy("opened_at")
    .orderBy("id")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export async function countWaiting(db: Kysely<Database>): Promise<number> {
  const { waiting } = await db
    .selectFrom("sessions")
    .where("status", "=", "CREATED")
    .where("opened_at", "is not", null)
    .select(sql<number>`count(*)::int`.as("waiting"))
    .executeTakeFirstOrThrow();
  return waiting;
}

/** 1 is next; null when the session does not wait. */
export async function positionOf(db: Kysely<Database>, sessionId: string): Promise<number | null> {
  const row = await db
    .selectFrom("sessions as own")
    .where("own.id", "=", sessionId)
    .where("own.status", "=", "CREATED")
    .where("own.opened_at", "is not", null)
    .select((eb) =>
      eb
        .selectFrom("sessions as other")
        .where("other.status", "=", "CREATED")
        .where("other.opened_at", "is not", null)
        .where(sql<boolean>`((other.epoch = 0), other.opened_at, other.id) < ((own.epoch = 0), own.opened_at, own.id)`)
        .select(sql<number>`count(*)::int`.as("ahead"))
        .as("ahead"),
    )
    .executeTakeFirst();
  return row ? (row.ahead ?? 0) + 1 : null;
}

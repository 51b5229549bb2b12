import { sql, type Kysely, type Transaction } from "kysely";
import type { Database, SessionRow } from "../storage/schema.ts";

/** The session's partner holds fewer browsers than one partner may. */
const belowQuota = (quota: number) => sql<boolean>`(
  select count(*) from sessions as held
  where held.partner_id = sessions.partner_id and held.worker_id is not null
) < ${quota}`;

/**
 * The queue is the sessions table: CREATED and opened. Those that had a browser before (parked, or
 * their worker was lost) come first, then the longest waiting. Whose partner holds its quota of
 * browsers already is passed over.
 */
export function nextWaiting(trx: Transaction<Database>, quota: number): Promise<SessionRow | undefined> {
  return trx
    .selectFrom("sessions")
    .selectAll()
    .where("status", "=", "CREATED")
    .where("opened_at", "is not", null)
    .where(belowQuota(quota))
    .orderBy(sql`(epoch > 0)`, "desc")
    .orderBy("opened_at")
    .orderBy("id")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** A session that nobody looks at, if its partner's quota leaves room for it. */
export function unopened(
  trx: Transaction<Database>,
  sessionId: string,
  quota: number,
): Promise<SessionRow | undefined> {
  return trx
    .selectFrom("sessions")
    .selectAll()
    .where("id", "=", sessionId)
    .where("status", "=", "CREATED")
    .where(belowQuota(quota))
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** The browser that nobody looks at and that has been ready for longest; given a quota, only of a partner who has reached it and waits. */
export function idleReady(trx: Transaction<Database>, quotaReached: number | null): Promise<SessionRow | undefined> {
  return trx
    .selectFrom("sessions")
    .selectAll()
    .where("status", "=", "READY")
    .where("opened_at", "is", null)
    .$if(quotaReached !== null, (query) =>
      query
        .where((eb) => eb.not(belowQuota(quotaReached ?? 0)))
        .where("partner_id", "in", (eb) =>
          eb
            .selectFrom("sessions as waiting")
            .select("waiting.partner_id")
            .where("waiting.status", "=", "CREATED")
            .where("waiting.opened_at", "is not", null),
        ),
    )
    .orderBy("state_deadline")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** Those that a free slot would help. */
export async function countWaiting(db: Kysely<Database>, quota: number): Promise<number> {
  const { waiting } = await db
    .selectFrom("sessions")
    .where("status", "=", "CREATED")
    .where("opened_at", "is not", null)
    .where(belowQuota(quota))
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

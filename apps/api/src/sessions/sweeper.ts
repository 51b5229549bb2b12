import type { Kysely } from "kysely";
import type { SessionEvent } from "@attestream/state-machine";
import type { Log } from "../http/log.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import type { Clock } from "./clock.ts";
import type { SessionWriter } from "./create-session-service.ts";
import { deadlineEvents } from "./deadlines.ts";

const pollMs = 1_000;
const batch = 200;

export interface SweeperDependencies {
  db: Kysely<Database>;
  sessions: Pick<SessionWriter, "applyToLocked">;
  clock: Clock;
  leaseMs: number;
  /**
   * Once per round, after the sweep: what else must not be forgotten. Since `attentiveSince` no round
   * was late: what was silent before may have spoken while nobody listened.
   */
  everyRound(attentiveSince: Date): Promise<void>;
  log: Log;
}

export interface Sweeper {
  /** Everything that is due now, each once however many sweep. */
  sweep(): Promise<void>;
  /** Sweeps at the next deadline, at the latest every second, until the signal fires. */
  run(signal: AbortSignal): Promise<void>;
}

/** Ends what has run out of time: sessions, states, leases. The times are columns, so that no restart forgets them. */
export function createSweeper(deps: SweeperDependencies): Sweeper {
  const { db, sessions, clock, leaseMs, log } = deps;
  let sweptAt: Date | null = null;
  let attentiveSince = clock.now();

  /** Nobody could renew a lease while we or the database were away: all get another period first. */
  async function forgiveAbsence(now: Date): Promise<void> {
    if (sweptAt !== null && now.getTime() - sweptAt.getTime() < leaseMs) return;
    attentiveSince = now;
    const until = new Date(now.getTime() + leaseMs);
    await db
      .updateTable("sessions")
      .set({ lease_until: until })
      .where("worker_id", "is not", null)
      .where("lease_until", "<", until)
      .execute();
    if (sweptAt !== null) log.warn({ awayMs: now.getTime() - sweptAt.getTime() }, "sweep was late; leases extended");
  }

  async function due(column: "expires_at" | "state_deadline" | "lease_until", now: Date): Promise<string[]> {
    const rows = await db
      .selectFrom("sessions")
      .select("id")
      .where(column, "<=", now)
      .where("completed_at", "is", null)
      .orderBy(column)
      .limit(batch)
      .execute();
    return rows.map(({ id }) => id);
  }

  async function end(
    column: "expires_at" | "state_deadline" | "lease_until",
    eventOf: (session: SessionRow) => SessionEvent | null,
  ): Promise<void> {
    const now = clock.now();
    for (const id of await due(column, now)) {
      let event: SessionEvent | null = null;
      // The row is asked again under its lock: another sweeper, a heartbeat or the user may have been first.
      await sessions.applyToLocked(
        async (trx) => {
          const row = await trx
            .selectFrom("sessions")
            .selectAll()
            .where("id", "=", id)
            .where(column, "<=", now)
            .where("completed_at", "is", null)
            .forUpdate()
            .skipLocked()
            .executeTakeFirst();
          event = row ? eventOf(row) : null;
          return event ? row : undefined;
        },
        () => event!,
      );
    }
  }

  async function sweep(): Promise<void> {
    await forgiveAbsence(clock.now());
    await end("expires_at", () => ({ type: "session.expired" }));
    await end("state_deadline", ({ deadline_kind }) =>
      deadline_kind !== null && deadline_kind in deadlineEvents
        ? deadlineEvents[deadline_kind as keyof typeof deadlineEvents]
        : null,
    );
    await end("lease_until", ({ status }) =>
      status === "INITIALIZING" || status === "READY"
        ? { type: "session.released", parked: false }
        : { type: "session.failed", code: "WORKER_LOST" },
    );
    await deps.everyRound(attentiveSince);
    sweptAt = clock.now();
  }

  async function nextDeadlineMs(): Promise<number> {
    const { next } = await db
      .selectFrom("sessions")
      .where("completed_at", "is", null)
      .select((eb) =>
        eb
          .fn("least", [eb.fn.min("expires_at"), eb.fn.min("state_deadline"), eb.fn.min("lease_until")])
          .$castTo<Date | null>()
          .as("next"),
      )
      .executeTakeFirstOrThrow();
    return next === null ? pollMs : Math.min(pollMs, Math.max(5, next.getTime() - clock.now().getTime()));
  }

  return {
    sweep,
    async run(signal) {
      while (!signal.aborted) {
        let pause = pollMs;
        try {
          await sweep();
          pause = await nextDeadlineMs();
        } catch (error) {
          log.error(
            { err: error instanceof Error ? error.stack : String(error) },
            "sweep failed; the next one tries again",
          );
        }
        await clock.sleep(pause, signal).catch(() => undefined);
      }
    },
  };
}

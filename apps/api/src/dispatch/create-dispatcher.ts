import { sql, type Kysely, type Transaction } from "kysely";
import type { Log } from "../http/log.ts";
import type { SessionWriter } from "../sessions/create-session-service.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import type { WorkerLink } from "../workers/worker-link.ts";
import { countWaiting, idleReady, nextWaiting, positionOf, unopened } from "./queue.ts";
import { createRateMeter } from "./rate-meter.ts";

export interface Dispatcher {
  /** Somebody waits, or something became free: place what can be placed. Returns at once; calls during a run make one more. */
  wake(): void;
  /** A session that nobody looks at yet: takes a warm browser if one is spare and nobody waits. */
  offer(sessionId: string): Promise<void>;
  queuePosition(sessionId: string): Promise<{ position: number; estimateMs: number | null } | null>;
  /** Resolves when the run under way has ended. */
  idle(): Promise<void>;
}

export interface DispatcherDependencies {
  db: Kysely<Database>;
  sessions: Pick<SessionWriter, "applyToLocked">;
  links(): WorkerLink[];
  /** Tells the worker; a lost message is mended by the lease. */
  assign(session: SessionRow): Promise<void>;
  leaseMs: number;
  /** Browsers that one partner may hold at once. */
  partnerQuota: number;
  now: () => Date;
  log: Log;
}

type PickSession = (trx: Transaction<Database>) => Promise<SessionRow | undefined>;
type Placement = "placed" | "full" | "none";

export function createDispatcher(deps: DispatcherDependencies): Dispatcher {
  const { db, sessions, partnerQuota, now, log } = deps;
  const placements = createRateMeter(20);
  let running: Promise<void> | null = null;
  let again = false;

  let placing: Promise<unknown> = Promise.resolve();

  /**
   * One session onto one slot. One placement at a time in this process: several would only wait for
   * each other's locks. Replicas can still meet on two workers' rows; the loser tries once more.
   */
  function place(pick: PickSession, needsWarm: boolean): Promise<Placement> {
    const attempt = () => placeOnce(pick, needsWarm);
    const placed = placing.then(() =>
      attempt().catch((error: unknown) => (isDeadlock(error) ? attempt() : Promise.reject(error))),
    );
    placing = placed.catch(() => undefined);
    return placed;
  }

  /** In one transaction; the worker's row is locked, so that its slots are counted once. */
  async function placeOnce(pick: PickSession, needsWarm: boolean): Promise<Placement> {
    let chosen: WorkerLink | undefined;
    let waited = false;
    const { session } = await sessions.applyToLocked(
      async (trx) => {
        const picked = await pick(trx);
        waited = picked !== undefined;
        if (!picked) return undefined;
        chosen = await freeWorker(trx, deps.links(), needsWarm);
        return chosen ? picked : undefined;
      },
      { type: "session.dispatched" },
      () => ({ set: { worker_id: chosen?.id ?? null, lease_until: new Date(now().getTime() + deps.leaseMs) } }),
    );
    if (!waited) return "none";
    if (!chosen || !session) return "full";
    placements.note(now());
    await deps.assign(session);
    return "placed";
  }

  /** Takes back one browser that nobody looks at. True when there was one. */
  async function preempt({ quotaReached }: { quotaReached: number | null }): Promise<boolean> {
    const { outcome, session } = await sessions.applyToLocked((trx) => idleReady(trx, quotaReached), {
      type: "session.released",
      parked: true,
    });
    if (outcome === "moved") log.info({ sessionId: session?.id }, "browser taken back for one who waits");
    return outcome === "moved";
  }

  async function drainQueue(): Promise<void> {
    for (;;) {
      const outcome = await place((trx) => nextWaiting(trx, partnerQuota), false);
      if (outcome === "none") {
        // Who waits still is kept back by its own partner's quota; that partner's idle browsers make room.
        if (await preempt({ quotaReached: partnerQuota })) continue;
        return;
      }
      if (outcome === "placed") continue;
      // Slots that are being cleared will wake us; more are taken back only for those beyond them.
      const clearing = deps.links().reduce((sum, link) => sum + link.releasing, 0);
      if (clearing >= (await countWaiting(db, partnerQuota)) || !(await preempt({ quotaReached: null }))) return;
    }
  }

  async function run(): Promise<void> {
    do {
      again = false;
      try {
        await drainQueue();
      } catch (error) {
        log.error(
          { err: error instanceof Error ? error.stack : String(error) },
          "dispatch failed; the next poll tries again",
        );
        return;
      }
    } while (again);
  }

  return {
    wake() {
      again = true;
      running ??= run().finally(() => {
        running = null;
      });
    },

    async offer(sessionId) {
      if (!deps.links().some((link) => link.takesSessions && link.warm > 0)) return;
      await place(async (trx) => {
        const waiting = await nextWaiting(trx, partnerQuota);
        return waiting ? undefined : unopened(trx, sessionId, partnerQuota);
      }, true);
    },

    async queuePosition(sessionId) {
      const position = await positionOf(db, sessionId);
      if (position === null) return null;
      const interval = placements.meanIntervalMs();
      return { position, estimateMs: interval === null ? null : Math.round(position * interval) };
    },

    async idle() {
      for (let current = running; current !== null; current = running) await current;
    },
  };
}

/** The connected worker with the most warm browsers that has a slot free, its row locked. */
async function freeWorker(
  trx: Transaction<Database>,
  links: WorkerLink[],
  needsWarm: boolean,
): Promise<WorkerLink | undefined> {
  const able = links
    .filter((link) => link.takesSessions && (!needsWarm || link.warm > 0))
    .sort((a, b) => b.warm - a.warm);
  for (const link of able) {
    const row = await trx.selectFrom("workers").select("id").where("id", "=", link.id).forUpdate().executeTakeFirst();
    if (!row) continue;
    const { held } = await trx
      .selectFrom("sessions")
      .where("worker_id", "=", link.id)
      .select(sql<number>`count(*)::int`.as("held"))
      .executeTakeFirstOrThrow();
    if (held + link.releasing < link.capacity) return link;
  }
  return undefined;
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "40P01" || error.code === "40001");
}

import type { Transaction } from "kysely";
import { isTerminal } from "@attestream/shared";
import { machineVersion, restoreSnapshot, transition, type Effect, type SessionEvent } from "@attestream/state-machine";
import type { Database, SessionRow, SessionUpdate } from "../storage/schema.ts";
import type { DeadlineDurations } from "./deadlines.ts";
import { isAfterCommit, type AfterCommitEffect } from "./effect-runner.ts";
import type { ApplyOptions, ApplyResult } from "./session-service.ts";

export interface Outbox {
  /** Writes what the partner is told of a status that was just reached, in its transaction: the end always, others where asked for. */
  enqueue(trx: Transaction<Database>, session: SessionRow): Promise<void>;
}

export interface ApplyDependencies {
  outbox: Outbox;
  now: () => Date;
  durations: DeadlineDurations;
}

export interface Applied {
  result: ApplyResult;
  /** Null when nothing was written. */
  change: { before: SessionRow; after: SessionRow } | null;
  effects: AfterCommitEffect[];
}

/**
 * One event on one session whose row `trx` has locked: row, event and outbox together, or nothing.
 * The caller commits, then runs the effects.
 */
export async function applyEvent(
  deps: ApplyDependencies,
  trx: Transaction<Database>,
  before: SessionRow,
  event: SessionEvent,
  options: ApplyOptions = {},
): Promise<Applied> {
  const { fence } = options;
  if (fence && fence.epoch !== before.epoch) return unchanged("fenced", before);
  if (fence?.workerId !== undefined && fence.workerId !== before.worker_id) return unchanged("fenced", before);
  if (fence?.seq !== undefined && fence.seq <= before.report_seq) return unchanged("stayed", before);

  const moved = transition(restoreSnapshot(before.snapshot, before.machine_version), event);
  if (moved.outcome === "refused") return unchanged("refused", before);

  const now = deps.now();
  const version = before.version + 1;
  const after = await trx
    .updateTable("sessions")
    .set({
      ...options.set,
      ...columnsOf(before, moved.snapshot.context, event, now),
      ...deadlineOf(moved.effects, deps.durations, now),
      ...(fence?.seq === undefined ? {} : { report_seq: fence.seq }),
      ...(isTerminal(moved.status) ? { completed_at: now } : {}),
      status: moved.status,
      snapshot: JSON.stringify(moved.snapshot),
      machine_version: machineVersion,
      version,
      progress: moved.snapshot.context.progress,
    })
    .where("id", "=", before.id)
    .where("version", "=", before.version)
    .returningAll()
    .executeTakeFirst();
  if (!after) throw new Error(`Session ${before.id} changed although its row was locked`);

  const { type, ...payload } = event;
  await recordEvent(trx, { session: after, type, payload, now });
  const tellsEnd = moved.effects.some((effect) => effect.type === "webhook.send");
  if (tellsEnd || moved.outcome === "moved") await deps.outbox.enqueue(trx, after);
  await options.within?.(trx, after);
  return {
    result: { outcome: moved.outcome, session: after },
    change: { before, after },
    effects: moved.effects.filter(isAfterCommit),
  };
}

export async function recordEvent(
  trx: Transaction<Database>,
  entry: { session: SessionRow; type: string; payload: { [key: string]: unknown }; now: Date },
): Promise<void> {
  await trx
    .insertInto("session_events")
    .values({
      session_id: entry.session.id,
      seq: entry.session.version,
      type: entry.type,
      status: entry.session.status,
      payload: JSON.stringify(entry.payload),
      at: entry.now,
    })
    .execute();
}

/** The time at which the state ends by itself, as the effects say. Nothing when they say nothing. */
export function deadlineOf(
  effects: readonly Effect[],
  durations: DeadlineDurations,
  now: Date,
): Pick<SessionUpdate, "state_deadline" | "deadline_kind"> {
  const last = effects.findLast((effect) => effect.type === "deadline.set" || effect.type === "deadline.clear");
  if (last?.type === "deadline.set") {
    return { state_deadline: new Date(now.getTime() + durations[last.kind]), deadline_kind: last.kind };
  }
  return last ? { state_deadline: null, deadline_kind: null } : {};
}

type Context = ReturnType<typeof restoreSnapshot>["context"];

/** Columns that mirror the machine's context, so that SQL can ask for them. */
function columnsOf(before: SessionRow, context: Context, event: SessionEvent, now: Date): SessionUpdate {
  const columns: SessionUpdate = {};
  if (!context.opened) columns.opened_at = null;
  else if (before.opened_at === null) columns.opened_at = now;
  if (event.type === "consent.given" && before.consented_at === null) columns.consented_at = now;
  if (!context.assigned && before.worker_id !== null) Object.assign(columns, { worker_id: null, lease_until: null });
  if (context.reason)
    Object.assign(columns, { reason_code: context.reason.code, reason_message: context.reason.message ?? null });
  // A new assignment has a new epoch, and so has its end: what an earlier worker still says is void at once.
  if (event.type === "session.dispatched") Object.assign(columns, { epoch: before.epoch + 1, report_seq: 0 });
  if (event.type === "session.released") columns.epoch = before.epoch + 1;
  return columns;
}

function unchanged(outcome: ApplyResult["outcome"], session: SessionRow): Applied {
  return { result: { outcome, session }, change: null, effects: [] };
}

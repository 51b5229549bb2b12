import type { Kysely } from "kysely";
import { isolationLevels, type IsolationLevel } from "@attestream/shared/worker-protocol";
import type { Database } from "../storage/schema.ts";

export interface PresentWorkers {
  up: number;
  capacity: number;
  warm: number;
  /** Of one of them. */
  browser: string | null;
  /** The least among them: a session may get any. Null when there is none. */
  isolationLevel: IsolationLevel | null;
}

/** A worker that has not been heard of for so long is not counted. */
const silenceMs = 10_000;

/** Rows of those that are there and take sessions. */
export function presentWorkers(db: Kysely<Database>, at: Date) {
  return db
    .selectFrom("workers")
    .where("state", "=", "up")
    .where("seen_at", ">", new Date(at.getTime() - silenceMs));
}

/** What all API processes together know of the workers that are there. */
export async function readPresentWorkers(db: Kysely<Database>, at: Date): Promise<PresentWorkers> {
  const rows = await presentWorkers(db, at).select(["capacity", "warm", "browser", "isolation_level"]).execute();
  return {
    up: rows.length,
    capacity: rows.reduce((sum, { capacity }) => sum + capacity, 0),
    warm: rows.reduce((sum, { warm }) => sum + warm, 0),
    browser: rows[0]?.browser ?? null,
    isolationLevel: isolationLevels.find((level) => rows.some((row) => row.isolation_level === level)) ?? null,
  };
}

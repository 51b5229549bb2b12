import { z } from "zod";
import { challengeSummarySchema, errorCodeSchema, sessionStatusSchema } from "@attestream/shared";

const contextSchema = z.strictObject({
  /** 0 to 100; never falls. */
  progress: z.int().min(0).max(100),
  /** The end user has opened the frame and wants a browser. */
  opened: z.boolean(),
  consented: z.boolean(),
  /** A worker holds the session. */
  assigned: z.boolean(),
  /** The viewer's connection to the worker is up. */
  viewer: z.boolean(),
  /** The workflow was told to start; happens once. */
  treeRequested: z.boolean(),
  /** Optional parts of the workflow failed. */
  partial: z.boolean(),
  challenge: challengeSummarySchema.nullable(),
  /** Why it ended, on every terminal status but COMPLETED. */
  reason: z.strictObject({ code: errorCodeSchema, message: z.string().optional() }).nullable(),
});

/** A session as the machine knows it: small JSON, stored beside the row. */
export const sessionSnapshotSchema = z.strictObject({ status: sessionStatusSchema, context: contextSchema });

export type SessionContext = z.infer<typeof contextSchema>;
export type SessionSnapshot = z.infer<typeof sessionSnapshotSchema>;

/** Stored with every snapshot. Raise it when the meaning of a snapshot changes, and add the step to `migrations`. */
export const machineVersion = 1;

/** From a version to the next one, on raw JSON. */
const migrations: Record<number, (snapshot: unknown) => unknown> = {};

/** A stored snapshot, brought to this machine's version. Throws when it was written by a later machine or is damaged. */
export function restoreSnapshot(stored: unknown, version: number): SessionSnapshot {
  if (version > machineVersion)
    throw new Error(
      `A session was written by machine version ${version}; this program knows ${machineVersion}. Run the newer program.`,
    );
  let snapshot = stored;
  for (let from = version; from < machineVersion; from++) {
    const step = migrations[from];
    if (!step) throw new Error(`There is no migration of sessions from machine version ${from}`);
    snapshot = step(snapshot);
  }
  return sessionSnapshotSchema.parse(snapshot);
}

import type { Kysely } from "kysely";
import { challengeKinds, errorCodeSchema } from "@attestream/shared";
import type { SessionLogEntry } from "@attestream/shared/partner-api";
import { z } from "zod";
import type { Database } from "../storage/schema.ts";

// Only what is named here leaves the server; an event of an older version may lack it.
const payloadSchema = z.object({
  code: errorCodeSchema.optional().catch(undefined),
  progress: z.number().optional().catch(undefined),
  challenge: z
    .object({ kind: z.enum(challengeKinds) })
    .optional()
    .catch(undefined),
});

/** The events of a session after `seq`, oldest first. */
export async function readSessionLog(
  db: Kysely<Database>,
  sessionId: string,
  page: { after: number; limit: number },
): Promise<SessionLogEntry[]> {
  const rows = await db
    .selectFrom("session_events")
    .selectAll()
    .where("session_id", "=", sessionId)
    .where("seq", ">", page.after)
    .orderBy("seq")
    .limit(page.limit)
    .execute();
  return rows.map((row) => {
    const { code, progress, challenge } = payloadSchema.parse(row.payload);
    return {
      seq: row.seq,
      type: row.type,
      status: row.status,
      at: row.at.toISOString(),
      ...(code === undefined ? {} : { code }),
      ...(progress === undefined ? {} : { progress: Math.min(100, Math.max(0, Math.round(progress))) }),
      ...(challenge === undefined ? {} : { challengeKind: challenge.kind }),
    };
  });
}

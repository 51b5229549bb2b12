import type { RequestHandler } from "express";
import { sql, type Kysely } from "kysely";
import { listSessionsQuerySchema, type SessionList } from "@attestream/shared/partner-api";
import { parseInput } from "../http/parse-input.ts";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import type { Database } from "../storage/schema.ts";

/** `GET /partner/browser-sessions`: the partner's sessions of the key's mode, newest first. */
export function listSessionsRoute({ db }: { db: Kysely<Database> }): RequestHandler {
  return async (request, response) => {
    const partner = partnerOf(response);
    const { status, limit, offset } = parseInput(listSessionsQuerySchema, request.query);
    const own = db
      .selectFrom("sessions")
      .where("partner_id", "=", partner.id)
      .where("mode", "=", partner.mode)
      .$if(status !== undefined, (query) => query.where("status", "=", status!));
    const { total } = await own.select(sql<number>`count(*)::int`.as("total")).executeTakeFirstOrThrow();
    const rows = await own
      .select(["id", "status", "platform_id", "created_at", "completed_at"])
      .orderBy("created_at", "desc")
      .orderBy("id")
      .limit(limit)
      .offset(offset)
      .execute();
    const list: SessionList = {
      sessions: rows.map((row) => ({
        sessionId: row.id,
        status: row.status,
        platformId: row.platform_id,
        createdAt: row.created_at.toISOString(),
        completedAt: row.completed_at?.toISOString() ?? null,
      })),
      total,
      limit,
      offset,
    };
    sendSuccess(response, list);
  };
}

import { sql, type Kysely } from "kysely";
import { liveStatuses } from "@attestream/shared";
import { isolationLevels } from "@attestream/shared/worker-protocol";
import type { AttestorKeys } from "../attestors/attestor-keys.ts";
import type { Database } from "../storage/schema.ts";
import { presentWorkers } from "../workers/present-workers.ts";
import { gauge, type MetricFamily } from "./metric-family.ts";

const count = sql<number>`count(*)::int`.as("count");

/** How things stand, for all API processes together: asked of the database by indexes, whatever has piled up. */
export async function readGauges(
  { db, attestors }: { db: Kysely<Database>; attestors: Pick<AttestorKeys, "present"> },
  at: Date,
): Promise<MetricFamily[]> {
  const [sessions, workers, held, webhooks, log] = await Promise.all([
    db.selectFrom("sessions").select(["status", count]).where("completed_at", "is", null).groupBy("status").execute(),
    presentWorkers(db, at).select(["isolation_level", "capacity", "warm"]).execute(),
    db.selectFrom("sessions").select(count).where("worker_id", "is not", null).executeTakeFirstOrThrow(),
    db
      .selectFrom("webhook_deliveries")
      .select([count, sql<number>`count(*) filter (where next_attempt_at <= ${at})::int`.as("due")])
      .where("state", "=", "pending")
      .executeTakeFirstOrThrow(),
    db.selectFrom("log_head").select("size").where("id", "=", 1).executeTakeFirstOrThrow(),
  ]);
  const byLevel = (of: (rows: typeof workers) => number) =>
    isolationLevels.map((level) => ({
      labels: { isolation: level },
      value: of(workers.filter((row) => row.isolation_level === level)),
    }));
  const one = (value: number) => [{ labels: {}, value }];
  return [
    gauge(
      "attestream_sessions",
      "Sessions that have not ended, by status.",
      liveStatuses.map((status) => ({
        labels: { status },
        value: sessions.find((row) => row.status === status)?.count ?? 0,
      })),
    ),
    gauge(
      "attestream_workers",
      "Workers that are there, by level of isolation.",
      byLevel((rows) => rows.length),
    ),
    gauge(
      "attestream_slots",
      "Sessions that these workers can hold.",
      byLevel((rows) => rows.reduce((sum, { capacity }) => sum + capacity, 0)),
    ),
    gauge(
      "attestream_warm_browsers",
      "Browsers that could take a session at once.",
      byLevel((rows) => rows.reduce((sum, { warm }) => sum + warm, 0)),
    ),
    gauge("attestream_slots_held", "Sessions that a worker holds.", one(held.count)),
    gauge("attestream_webhooks_pending", "Webhooks that are to be delivered.", one(webhooks.count)),
    gauge("attestream_webhooks_due", "Of these, those whose time has come.", one(webhooks.due)),
    gauge("attestream_log_entries", "Attestations in the log.", one(log.size)),
    gauge(
      "attestream_attestor_up",
      "Whether an attestor of ATTESTORS answers, to this process.",
      attestors.present().map(({ url, isReachable }) => ({ labels: { attestor: url }, value: isReachable ? 1 : 0 })),
    ),
  ];
}

/** Of this process, under the names that dashboards know. */
export function processGauges(startedAt: Date): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const one = (value: number) => [{ labels: {}, value }];
  return [
    gauge("process_resident_memory_bytes", "Memory of this process.", one(process.memoryUsage.rss())),
    gauge("nodejs_heap_size_used_bytes", "Heap in use.", one(process.memoryUsage().heapUsed)),
    {
      ...gauge("process_cpu_seconds_total", "Processor time of this process.", one((user + system) / 1e6)),
      type: "counter",
    },
    gauge("process_start_time_seconds", "When this process started.", one(startedAt.getTime() / 1000)),
  ];
}

import type { Client } from "pg";

/**
 * Rows that have no business to be there any more, at a moment when every user has gone home. Each of
 * these counts must be 0. The lives are those of the API, with a minute or two for its sweeps.
 */
const overdue = {
  "sessions without an end": `select count(*) from sessions where completed_at is null and created_at < now() - interval '5 minutes'`,
  "ended sessions still held by a worker": `select count(*) from sessions where completed_at is not null and (worker_id is not null or lease_until is not null)`,
  "ended sessions with a deadline": `select count(*) from sessions where completed_at is not null and state_deadline is not null`,
  "embed tokens": `select count(*) from embed_tokens where used_at < now() - interval '2 hours 3 minutes'`,
  "idempotency keys": `select count(*) from idempotency_keys where created_at < now() - interval '24 hours 3 minutes'`,
  viewers: `select count(*) from viewers v join sessions s on s.id = v.session_id where s.completed_at < now() - interval '24 hours 3 minutes'`,
  "lost workers": `select count(*) from workers where state = 'lost' and seen_at < now() - interval '24 hours 3 minutes'`,
  "webhooks not delivered": `select count(*) from webhook_deliveries where state <> 'delivered' and created_at < now() - interval '1 minute'`,
  "webhook jobs not done": `select count(*) from pgboss.job where state < 'completed' and name = 'webhook-attempt' and created_on < now() - interval '1 minute'`,
  "webhook jobs failed": `select count(*) from pgboss.job where state in ('failed', 'cancelled')`,
  "webhook jobs done long ago": `select count(*) from pgboss.job where state = 'completed' and completed_on < now() - interval '1 hour 5 minutes'`,
} as const;

export type Leftover = keyof typeof overdue;

export interface DatabaseLook {
  sizeKiB: number;
  /** Only those that are not 0. */
  leftovers: Partial<Record<Leftover, number>>;
}

export async function lookAtDatabase(database: Client): Promise<DatabaseLook> {
  const leftovers: Partial<Record<Leftover, number>> = {};
  for (const [name, query] of Object.entries(overdue) as [Leftover, string][]) {
    const { rows } = await database.query<{ count: string }>(query);
    const count = Number(rows[0]?.count);
    if (count !== 0) leftovers[name] = count;
  }
  // pg-boss makes its jobs' partitions anew, so size is asked of the whole.
  const size = await database.query<{ bytes: string }>("select pg_database_size(current_database()) as bytes");
  return { sizeKiB: Math.round(Number(size.rows[0]?.bytes) / 1024), leftovers };
}

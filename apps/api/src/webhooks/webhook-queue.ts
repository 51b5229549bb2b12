import type { PGlite } from "@electric-sql/pglite";
import type { Transaction } from "kysely";
import { fromKysely, fromPglite, PgBoss } from "pg-boss";
import { z } from "zod";
import type { Log } from "../http/log.ts";
import type { Database } from "../storage/schema.ts";

const queueName = "webhook-attempt";

const jobSchema = z.object({ deliveryId: z.string(), attempts: z.int(), replays: z.int().default(0) });

/** One attempt to make. `attempts` are those made before, since replay number `replays`: a job that lags behind its delivery is void. */
export type AttemptJob = z.infer<typeof jobSchema>;

/** What is due is handed out in this order. Bulk is what a partner asks for again, much at once. */
const priorities = { end: 2, progress: 1, bulk: 0 } as const;
export type Urgency = keyof typeof priorities;

export interface WebhookQueue {
  /** Makes the tables. Must have ended before the first `send`. */
  open(): Promise<void>;
  /** Part of `trx`: the jobs exist when it commits. `partnerId` keeps one partner's slow receiver from taking every slot. */
  send(
    trx: Transaction<Database>,
    jobs: readonly AttemptJob[],
    options: { partnerId: string; urgency: Urgency; notBefore?: Date },
  ): Promise<void>;
  /** Begins to hand out jobs. A handler that rejects gets its job again. */
  work(handle: (job: AttemptJob, signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Something was committed: look now instead of at the next poll. */
  wake(): void;
  /** Lets running handlers end, for `graceMs` at most. */
  stop(graceMs: number): Promise<void>;
}

export interface WebhookQueueOptions {
  /** Where the application's own tables are: jobs must commit together with them. */
  storage: { pglite: PGlite } | { databaseUrl: string };
  log: Log;
  slots?: number;
  pollSeconds?: number;
  /** Longer than an attempt can take. */
  expireSeconds?: number;
  /** How often one of the processes looks for jobs whose process has died. */
  superviseSeconds?: number;
  /** Pause after a handler that rejected, or whose process died: the API stopped, or the database was away. */
  retrySeconds?: number;
}

const slotsPerPartner = 3;
/** After so long a silence of its process a job is handed out again; the least that pg-boss takes. */
const heartbeatSeconds = 10;

/**
 * Jobs in the application's database, by pg-boss. Its NOTIFY is off: inside the transaction of a
 * status change it would hold a lock through the commit. `wake` is the quick way, polling the sure one.
 */
export function createWebhookQueue(options: WebhookQueueOptions): WebhookQueue {
  const {
    storage,
    log,
    slots = 8,
    pollSeconds = 1,
    expireSeconds = 60,
    superviseSeconds = 5,
    retrySeconds = 2,
  } = options;
  const boss = new PgBoss({
    ...("pglite" in storage
      ? { db: fromPglite(storage.pglite), backend: "pglite" as const }
      : { connectionString: storage.databaseUrl, max: 4, application_name: "attestream-webhooks" }),
    schedule: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
  });
  boss.on("error", (error: Error) =>
    log.warn({ op: "webhook.queue", errorName: error.name }, "webhook queue has trouble"),
  );
  let firstSlot: string | undefined;
  let isOpen = false;

  function wake(): void {
    // The others poll: they are for the time when the first is busy.
    if (firstSlot !== undefined) boss.notifyWorker(firstSlot);
  }

  /** One process at a time has the embedded database: what is under way at the start, its predecessor left. */
  async function takeOver(pglite: PGlite): Promise<void> {
    const { rows } = await pglite.query<{ id: string }>(
      "select id from pgboss.job where name = $1 and state = 'active'",
      [queueName],
    );
    if (rows.length > 0)
      await boss.fail(
        queueName,
        rows.map(({ id }) => id),
      );
  }

  return {
    async open() {
      await boss.start();
      const settings = {
        expireInSeconds: expireSeconds,
        heartbeatSeconds,
        retryLimit: 5000,
        retryDelay: retrySeconds,
        deleteAfterSeconds: 3600,
        notify: false,
      };
      await boss.createQueue(queueName, settings);
      // A queue that an earlier version made keeps that version's settings otherwise.
      await boss.updateQueue(queueName, settings);
      // `send` looks the queue up once, outside the transaction it is given. On the embedded database,
      // which has one connection, that would wait for the transaction which waits for it: look it up now.
      await boss.findJobs(queueName, { id: "00000000-0000-4000-8000-000000000000" });
      if ("pglite" in storage) await takeOver(storage.pglite);
      isOpen = true;
    },

    async send(trx, jobs, { partnerId, urgency, notBefore }) {
      if (!isOpen) throw new Error("The webhook queue was used before it was opened");
      const settings = {
        group: { id: partnerId },
        priority: priorities[urgency],
        ...(notBefore === undefined ? {} : { startAfter: notBefore }),
      };
      await boss.insert(
        queueName,
        jobs.map((data) => ({ data, ...settings })),
        { db: fromKysely(trx) },
      );
    },

    async work(handle) {
      const concurrency = { localConcurrency: slots, localGroupConcurrency: Math.min(slotsPerPartner, slots) };
      firstSlot = await boss.work(queueName, { pollingIntervalSeconds: pollSeconds, ...concurrency }, async (jobs) => {
        try {
          for (const job of jobs) await handle(jobSchema.parse(job.data), job.signal);
        } finally {
          // There may be more; without this each slot would take one per poll.
          wake();
        }
      });
    },

    wake,

    async stop(graceMs) {
      isOpen = false;
      await boss.stop({ graceful: true, timeout: Math.max(graceMs, 1) });
    },
  };
}

import { lookup } from "node:dns/promises";
import { createAddressGuard, createResolve, type AddressGuard, type Resolve } from "@attestream/address-guard";
import type { PGlite } from "@electric-sql/pglite";
import type { Kysely } from "kysely";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Log } from "../http/log.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";
import { createAttemptDelivery } from "./attempt-delivery.ts";
import { createDeliveryLog, type DeliveryLog } from "./delivery-log.ts";
import { createPostWebhook } from "./post-webhook.ts";
import { createWebhookOutbox, type WebhookOutbox } from "./webhook-outbox.ts";
import { createWebhookQueue, type WebhookQueueOptions } from "./webhook-queue.ts";

export interface WebhooksOptions {
  db: Kysely<Database>;
  /** The same database, as the queue connects to it. */
  storage: { pglite: PGlite } | { databaseUrl: string };
  sealer: Sealer;
  audit: AuditLog;
  log: Log;
  now: () => Date;
  newId: () => string;
  random: () => number;
  /** `host:port`, exactly. */
  devHosts: readonly string[];
  /** Default: without further networks of the operator's. */
  guard?: AddressGuard;
  /** Contents of EXTRA_CA_FILE. */
  extraCa?: string | undefined;
  onAttempt?: (ok: boolean) => void;
  resolve?: Resolve;
  timeoutMs?: number;
  delaysMs?: readonly number[];
  queue?: Pick<WebhookQueueOptions, "slots" | "pollSeconds" | "expireSeconds" | "superviseSeconds" | "retrySeconds">;
}

export interface Webhooks {
  /** For the session service: writes the delivery in its transaction. */
  outbox: WebhookOutbox;
  /** For partners who look at their deliveries. */
  deliveries: DeliveryLog;
  /** Before the first session can end, and so before anything is swept or served. */
  start(): Promise<void>;
  /** A terminal status was committed: deliver at once. Without it the next poll does. */
  wake(): void;
  /** Running attempts may end; what does not is made again after the next start. */
  stop(graceMs?: number): Promise<void>;
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { db, sealer, log, now, newId, random, devHosts, extraCa } = options;
  const queue = createWebhookQueue({ storage: options.storage, log, ...options.queue });
  const post = createPostWebhook({
    devHosts,
    guard: options.guard ?? createAddressGuard(),
    resolve: options.resolve ?? createResolve(),
    resolveDevHost: options.resolve ?? systemResolve,
    now,
    extraCa,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const attempt = createAttemptDelivery({
    db,
    sealer,
    queue,
    post,
    now,
    random,
    log,
    delaysMs: options.delaysMs,
    onAttempt: options.onAttempt,
  });
  const stopping = new AbortController();

  return {
    outbox: createWebhookOutbox({ queue, now, newId }),
    deliveries: createDeliveryLog({ db, queue, audit: options.audit, now, newId }),
    async start() {
      await queue.open();
      await queue.work((job, signal) => attempt(job, AbortSignal.any([signal, stopping.signal])));
    },
    wake: () => queue.wake(),
    async stop(graceMs = 5000) {
      const timer = setTimeout(() => stopping.abort(new Error("The API stops")), graceMs);
      try {
        await queue.stop(graceMs + 1000);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The system's own way to resolve, /etc/hosts included, IPv4 first: for the names that the operator gave. */
async function systemResolve(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true, order: "ipv4first" });
  return found.map(({ address }) => address);
}

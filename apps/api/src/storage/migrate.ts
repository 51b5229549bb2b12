import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import * as initial from "./migrations/0001-initial.ts";
import * as additivePaths from "./migrations/0002-additive-paths.ts";
import * as customUrlAndRetention from "./migrations/0003-custom-url-and-retention.ts";
import * as sealedStream from "./migrations/0004-sealed-stream.ts";
import * as webhookEvents from "./migrations/0005-webhook-events.ts";
import * as sealedAttestations from "./migrations/0006-sealed-attestations.ts";
import * as handOver from "./migrations/0007-hand-over.ts";
import * as auditLog from "./migrations/0008-audit-log.ts";
import * as proof from "./migrations/0009-proof.ts";
import * as credentials from "./migrations/0010-credentials.ts";
import type { Database } from "./schema.ts";

const migrations = {
  "0001-initial": initial,
  "0002-additive-paths": additivePaths,
  "0003-custom-url-and-retention": customUrlAndRetention,
  "0004-sealed-stream": sealedStream,
  "0005-webhook-events": webhookEvents,
  "0006-sealed-attestations": sealedAttestations,
  "0007-hand-over": handOver,
  "0008-audit-log": auditLog,
  "0009-proof": proof,
  "0010-credentials": credentials,
};

/** Brings the database to this program's schema. Several processes may do so at once: one does, the others wait. */
export async function migrate(db: Kysely<Database>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { silentLog } from "../http/log.ts";
import { createWebhookQueue } from "../webhooks/webhook-queue.ts";
import { embeddedFolder, openDatabase } from "./open-database.ts";

const cache = resolve(import.meta.dirname, "../../node_modules/.cache/attestream");

/**
 * The folder of a fresh, migrated embedded database, so that a new one is there in a fraction of the
 * seconds that initdb and the migrations take. Named by what it is made of: a change makes another.
 */
function templatePath(): string {
  const sources = [
    "migrations/0001-initial.ts",
    "migrations/0002-additive-paths.ts",
    "migrations/0003-custom-url-and-retention.ts",
    "migrations/0004-sealed-stream.ts",
    "migrations/0005-webhook-events.ts",
    "migrations/0006-sealed-attestations.ts",
    "migrations/0007-hand-over.ts",
    "migrations/0008-audit-log.ts",
    "migrations/0009-proof.ts",
    "migrations/0010-credentials.ts",
    "../webhooks/webhook-queue.ts",
    "../../package.json",
  ];
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(join(import.meta.dirname, file)));
  return join(cache, `database-${hash.digest("hex").slice(0, 16)}`);
}

/** The template if it has been made, else null. */
export async function findDatabaseTemplate(): Promise<string | null> {
  const path = templatePath();
  return existsSync(path) ? path : null;
}

/** The template, made now if it has not been before. */
export async function databaseTemplate(): Promise<string> {
  return (await findDatabaseTemplate()) ?? makeTemplate(templatePath());
}

async function makeTemplate(path: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  const dataDir = await mkdtemp(join(cache, "making-"));
  try {
    const database = await openDatabase({ dataDir });
    // The webhook queue brings tables of its own.
    const queue = createWebhookQueue({ storage: database.storage, log: silentLog });
    await queue.open();
    await queue.stop(1);
    await database.close();
    await removeOlderThan(path);
    // Whole or not at all: other processes may look at the same time, or make the same.
    await rename(join(dataDir, embeddedFolder), path).catch((error: unknown) => {
      if (!existsSync(path)) throw error;
    });
    return path;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function removeOlderThan(path: string): Promise<void> {
  const older = (await readdir(cache)).filter((name) => name.startsWith("database-") && name !== basename(path));
  await Promise.all(older.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}

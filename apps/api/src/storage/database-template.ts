import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { silentLog } from "../http/log.ts";
import { createWebhookQueue } from "../webhooks/webhook-queue.ts";
import { openDatabase } from "./open-database.ts";

const cache = resolve(import.meta.dirname, "../../node_modules/.cache/attestream");

/**
 * A fresh, migrated embedded database as a file, so that a new one is there in a fraction of the
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
    "../webhooks/webhook-queue.ts",
    "../../package.json",
  ];
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(join(import.meta.dirname, file)));
  return join(cache, `database-${hash.digest("hex").slice(0, 16)}.tar`);
}

/** The template if it has been made, else null. */
export async function findDatabaseTemplate(): Promise<Blob | null> {
  const bytes = await readFile(templatePath()).catch(() => null);
  return bytes && new Blob([new Uint8Array(bytes)]);
}

/** The template, made now if it has not been before. */
export async function databaseTemplate(): Promise<Blob> {
  return (await findDatabaseTemplate()) ?? makeTemplate(templatePath());
}

async function makeTemplate(path: string): Promise<Blob> {
  const dataDir = await mkdtemp(join(tmpdir(), "attestream-template-"));
  try {
    const database = await openDatabase({ dataDir });
    // The webhook queue brings tables of its own.
    if (!("pglite" in database.storage)) throw new Error("The template is of the embedded database");
    const queue = createWebhookQueue({ storage: database.storage, log: silentLog });
    await queue.open();
    await queue.stop(1);
    const dump = await database.dump?.();
    await database.close();
    if (!dump) throw new Error("The embedded database gave no dump");
    await mkdir(cache, { recursive: true });
    // Whole or not at all: other processes may look at the same time.
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, new Uint8Array(await dump.arrayBuffer()));
    await rename(partial, path);
    return dump;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { silentLog } from "../http/log.ts";
import { openDatabase } from "../storage/open-database.ts";
import { createWebhookQueue } from "../webhooks/webhook-queue.ts";

const here = dirname(fileURLToPath(import.meta.url));
const cache = resolve(here, "../../node_modules/.cache/attestream");

/**
 * A fresh, migrated embedded database as a file: made once per schema, then loaded in a fraction of
 * the seconds that initdb takes.
 */
export async function databaseTemplate(): Promise<Blob> {
  const sources = ["../storage/migrations/0001-initial.ts", "../webhooks/webhook-queue.ts", "../../package.json"].map(
    (file) => readFileSync(join(here, file)),
  );
  const path = join(
    cache,
    `database-${createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 16)}.tar`,
  );
  const known = await readFile(path).catch(() => null);
  if (known) return new Blob([new Uint8Array(known)]);
  const dataDir = mkdtempSync(join(tmpdir(), "attestream-template-"));
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
    // Whole or not at all: other test processes may look at the same time.
    const partial = `${path}.${process.pid}`;
    await writeFile(partial, new Uint8Array(await dump.arrayBuffer()));
    await rename(partial, path);
    return dump;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../storage/open-database.ts";

const here = dirname(fileURLToPath(import.meta.url));
const cache = resolve(here, "../../node_modules/.cache/attestream");

/**
 * A fresh, migrated embedded database as a file: made once per schema, then loaded in a fraction of
 * the seconds that initdb takes.
 */
export async function databaseTemplate(): Promise<Blob> {
  const schema = readFileSync(join(here, "../storage/migrations/0001-initial.ts"));
  const path = join(cache, `database-${createHash("sha256").update(schema).digest("hex").slice(0, 16)}.tar`);
  const known = await readFile(path).catch(() => null);
  if (known) return new Blob([new Uint8Array(known)]);
  const dataDir = mkdtempSync(join(tmpdir(), "attestream-template-"));
  try {
    const database = await openDatabase({ dataDir });
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

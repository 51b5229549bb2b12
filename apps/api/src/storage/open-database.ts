import { existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import pg from "pg";
import { lockDirectory } from "./directory-lock.ts";
import { migrate } from "./migrate.ts";
import type { Database } from "./schema.ts";
import { StorageError } from "./storage-error.ts";

export interface DatabaseOptions {
  /** A PostgreSQL server; without it the embedded database in `dataDir` is used. */
  databaseUrl?: string | undefined;
  dataDir: string;
  /** Connections to the server. The embedded database has exactly one. */
  poolSize?: number;
  /** Folder of a fresh embedded database to copy. Asked only where there is no database yet. */
  template?: () => Promise<string | null>;
  onConnectionError?: (error: Error) => void;
}

export interface OpenDatabase {
  db: Kysely<Database>;
  engine: "pglite" | "postgres";
  /** The same database, for what does not go through Kysely. */
  storage: { pglite: PGlite } | { databaseUrl: string };
  close(): Promise<void>;
}

/** A crowd that waits for its turn is no outage: a server that is away refuses at once. */
const connectionWaitMs = 30_000;
/** Name of the embedded database's own folder in `dataDir`. */
export const embeddedFolder = "pgdata";
const openFolders = new Set<string>();

/** Opens and migrates the database. Throws StorageError with the remedy when it cannot. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  return options.databaseUrl === undefined ? openEmbedded(options) : openServer(options, options.databaseUrl);
}

async function openServer(options: DatabaseOptions, connectionString: string): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: connectionWaitMs,
  });
  // Without a listener a connection that breaks ends the process: the pool's own hears of idle ones
  // only, so each connection gets one for the time that it is in use. What was asked then fails by itself.
  pool.on("error", (error) => options.onConnectionError?.(error));
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw new StorageError(
      `DATABASE_URL: the PostgreSQL server cannot be used (${reasonOf(error)}). Check that it runs and that host, user, password and database are right, or leave DATABASE_URL out for the embedded database.`,
      { cause: error },
    );
  }
  return { db, engine: "postgres", storage: { databaseUrl: connectionString }, close: () => db.destroy() };
}

async function openEmbedded(options: DatabaseOptions): Promise<OpenDatabase> {
  const dataDir = resolve(options.dataDir);
  if (openFolders.has(dataDir)) throw new StorageError(`DATA_DIR ${dataDir} is open in this process already.`);
  const lock = lockDirectory(dataDir, { pid: process.pid });
  openFolders.add(dataDir);
  const release = () => {
    openFolders.delete(dataDir);
    lock[Symbol.dispose]();
  };
  let pglite: PGlite | undefined;
  try {
    const folder = join(dataDir, embeddedFolder);
    const template = existsSync(folder) ? null : ((await options.template?.()) ?? null);
    if (template !== null) await copyWhole(template, folder);
    pglite = await PGlite.create(folder);
    const opened = pglite;
    const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite: opened }) });
    await migrate(db);
    return {
      db,
      engine: "pglite",
      storage: { pglite: opened },
      async close() {
        await db.destroy();
        release();
      },
    };
  } catch (error) {
    await pglite?.close().catch(() => undefined);
    release();
    throw new StorageError(
      `DATA_DIR ${dataDir}: the embedded database cannot be opened (${reasonOf(error)}). Check free space and rights; if it was damaged by a power loss, move the folder away and start afresh.`,
      { cause: error },
    );
  }
}

/** A copy that was broken off must not be taken for a database. */
async function copyWhole(template: string, folder: string): Promise<void> {
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(template, partial, { recursive: true });
  await rename(partial, folder);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return [code, error.message].filter(Boolean).join(": ") || error.name;
}

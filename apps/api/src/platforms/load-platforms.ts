import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Kysely } from "kysely";
import { parsePlatform, type PlatformDefinition } from "@attestream/workflow/schema";
import type { Log } from "../http/log.ts";
import type { Database } from "../storage/schema.ts";

const platformFile = "platform.yaml";
const maxIconBytes = 64 * 1024;
const iconTypes: Record<string, string> = { ".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp" };

interface Found {
  /** Folder name, until the file itself gives one. */
  name: string;
  path: string;
  valid: { definition: PlatformDefinition; hash: string; icon: string | null } | null;
  problem: string | null;
}

/**
 * Reads every `<folder>/<name>/platform.yaml` and brings the catalogue up to it. A file that is not
 * valid takes its own platform out of service, says why in the log, and stops nothing else.
 */
export async function loadPlatforms(deps: {
  db: Kysely<Database>;
  folders: readonly string[];
  now: () => Date;
  log: Log;
}): Promise<void> {
  const { db, folders, now, log } = deps;
  const byName = new Map<string, Found>();
  for (const folder of folders) {
    for (const found of await readFolder(folder, log)) {
      const earlier = byName.get(found.name);
      if (earlier) {
        log.error(
          { platform: found.name, file: found.path, kept: earlier.path },
          "platform name is taken by another file; rename one of them",
        );
        continue;
      }
      if (found.problem !== null)
        log.error(
          { platform: found.name, file: found.path, problem: found.problem },
          "platform is out of service: its file is not valid",
        );
      byName.set(found.name, found);
    }
  }
  for (const found of byName.values()) await upsert(db, found, now());
  const names = [...byName.keys()];
  await db
    .updateTable("platforms")
    .set({ is_active: false, problem: "its file is gone" })
    .$if(names.length > 0, (query) => query.where("name", "not in", names))
    .execute();
  log.info({ active: [...byName.values()].filter(({ valid }) => valid).map(({ name }) => name) }, "platforms loaded");
}

async function upsert(db: Kysely<Database>, found: Found, now: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const known = await trx
      .selectFrom("platforms")
      .selectAll()
      .where("name", "=", found.name)
      .forUpdate()
      .executeTakeFirst();
    const { valid, problem } = found;
    if (!valid) {
      if (known)
        await trx
          .updateTable("platforms")
          .set({ is_active: false, problem, updated_at: now })
          .where("id", "=", known.id)
          .execute();
      else
        await trx
          .insertInto("platforms")
          .values({ name: found.name, active_hash: null, is_active: false, problem, updated_at: null })
          .execute();
      return;
    }
    const id =
      known?.id ??
      (
        await trx
          .insertInto("platforms")
          .values({ name: found.name, active_hash: null, is_active: false, problem: null, updated_at: null })
          .returning("id")
          .executeTakeFirstOrThrow()
      ).id;
    await trx
      .insertInto("platform_versions")
      .values({
        platform_id: id,
        hash: valid.hash,
        version: valid.definition.version,
        definition: JSON.stringify(valid.definition),
        icon: valid.icon,
      })
      .onConflict((conflict) => conflict.columns(["platform_id", "hash"]).doUpdateSet({ icon: valid.icon }))
      .execute();
    const unchanged = known?.active_hash === valid.hash && known.is_active;
    if (unchanged) return;
    await trx
      .updateTable("platforms")
      .set({ active_hash: valid.hash, is_active: true, problem: null, ...(known ? { updated_at: now } : {}) })
      .where("id", "=", id)
      .execute();
  });
}

async function readFolder(folder: string, log: Log): Promise<Found[]> {
  let entries: string[];
  try {
    entries = (await readdir(folder)).sort();
  } catch (error) {
    log.error({ folder, code: codeOf(error) }, "PLATFORMS_DIRS: folder cannot be read; correct the path or its rights");
    return [];
  }
  const found: Found[] = [];
  for (const entry of entries) {
    const path = join(folder, entry, platformFile);
    if (!(await stat(path).catch(() => null))?.isFile()) continue;
    found.push(await readPlatform(join(folder, entry), entry, path));
  }
  return found;
}

async function readPlatform(folder: string, name: string, path: string): Promise<Found> {
  const fail = (problem: string): Found => ({ name, path, valid: null, problem });
  try {
    const parsed = parsePlatform(await readFile(path, "utf8"), path);
    if (!parsed.ok)
      return fail(
        parsed.problems
          .map(
            ({ fileName, line, column, path: at, message }) =>
              `${fileName}:${line}:${column} ${at ? `${at}: ` : ""}${message}`,
          )
          .join("\n"),
      );
    const { definition, hash } = parsed;
    return {
      name: definition.name,
      path,
      valid: { definition, hash, icon: await readIcon(folder, definition.icon) },
      problem: null,
    };
  } catch (error) {
    return fail(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** As a data: URL, so that a partner's page can show it without another request. */
async function readIcon(folder: string, icon: string | undefined): Promise<string | null> {
  if (icon === undefined) return null;
  const bytes = await readFile(join(folder, icon));
  if (bytes.length > maxIconBytes) throw new Error(`icon ${icon} is larger than ${maxIconBytes / 1024} KiB`);
  return `data:${iconTypes[extname(icon)] ?? "application/octet-stream"};base64,${bytes.toString("base64")}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

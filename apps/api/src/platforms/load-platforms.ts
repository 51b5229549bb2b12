import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Kysely } from "kysely";
import {
  hashPlatform,
  parsePlatform,
  platformCatalogueSchema,
  type PlatformCatalogue,
  type PlatformDefinition,
} from "@attestream/workflow/schema";
import type { Log } from "../http/log.ts";
import type { Database } from "../storage/schema.ts";

const platformFile = "platform.yaml";
const maxIconBytes = 64 * 1024;
/** Of what is kept for the list alone: no session pins it. */
const catalogueHash = (catalogue: PlatformCatalogue) => `catalogue:${hashPlatform(catalogue)}`;
const iconTypes: Record<string, string> = { ".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp" };

interface Found {
  /** Folder name, until the file itself gives one. */
  name: string;
  path: string;
  valid: { definition: PlatformDefinition; hash: string; icon: string | null } | null;
  /** What can still be told of a file that is not valid. */
  catalogue: PlatformCatalogue | null;
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
      if (found.problem !== null)
        log.error({ platform: found.name, file: found.path, problem: found.problem }, "platform file is not valid");
      const earlier = byName.get(found.name);
      // The first file of a name is the platform, but one that is not valid stands in nobody's way.
      const kept = earlier && (earlier.valid || !found.valid) ? earlier : found;
      byName.set(found.name, kept);
      if (earlier)
        log.error(
          { platform: found.name, files: [earlier.path, found.path], kept: kept.path },
          "platform name is used by two files; rename one of them",
        );
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
    const { valid, catalogue, problem } = found;
    // What was valid last says more of the platform than a file that is not.
    const listed =
      catalogue !== null && (known?.active_hash ?? "catalogue:").startsWith("catalogue:") ? catalogue : null;
    const listedHash = listed && catalogueHash(listed);
    const isSame = known?.problem === problem && (listedHash === null || listedHash === known?.active_hash);
    if (!valid && isSame && !known?.is_active) return;
    const id =
      known?.id ??
      (
        await trx
          .insertInto("platforms")
          .values({ name: found.name, active_hash: null, is_active: false, problem: null, updated_at: null })
          .returning("id")
          .executeTakeFirstOrThrow()
      ).id;
    const keep = (hash: string, definition: PlatformDefinition | PlatformCatalogue, icon: string | null) =>
      trx
        .insertInto("platform_versions")
        .values({ platform_id: id, hash, version: definition.version, definition: JSON.stringify(definition), icon })
        .onConflict((conflict) => conflict.columns(["platform_id", "hash"]).doUpdateSet({ icon }))
        .execute();
    if (!valid) {
      if (listed && listedHash) await keep(listedHash, listed, null);
      await trx
        .updateTable("platforms")
        .set({
          is_active: false,
          problem,
          ...(listedHash ? { active_hash: listedHash } : {}),
          ...(known ? { updated_at: now } : {}),
        })
        .where("id", "=", id)
        .execute();
      return;
    }
    await keep(valid.hash, valid.definition, valid.icon);
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
  // The folder is told by the log and no business of the pages.
  const file = `${name}/${platformFile}`;
  let catalogue: PlatformCatalogue | null = null;
  try {
    const parsed = parsePlatform(await readFile(path, "utf8"), file);
    if (!parsed.ok) {
      catalogue = parsed.catalogue;
      const lines = parsed.problems.map(
        ({ fileName, line, column, path: at, message }) =>
          `${fileName}:${line}:${column} ${at ? `${at}: ` : ""}${message}`,
      );
      return { name: catalogue?.name ?? name, path, valid: null, catalogue, problem: lines.join("\n") };
    }
    const { definition, hash } = parsed;
    catalogue = platformCatalogueSchema.parse(definition);
    const icon = await readIcon(folder, definition.icon);
    return { name: definition.name, path, valid: { definition, hash, icon }, catalogue: null, problem: null };
  } catch (error) {
    const problem = `${file}: ${error instanceof Error ? error.message : String(error)}`;
    return { name: catalogue?.name ?? name, path, valid: null, catalogue, problem };
  }
}

/** As a data: URL, so that a partner's page can show it without another request. */
async function readIcon(folder: string, icon: string | undefined): Promise<string | null> {
  if (icon === undefined) return null;
  const bytes = await readFile(join(folder, icon)).catch((error: unknown) => {
    throw new Error(`icon: ${icon} cannot be read (${codeOf(error)}); put it beside the file, or remove icon`);
  });
  if (bytes.length > maxIconBytes)
    throw new Error(`icon: ${icon} is larger than ${maxIconBytes / 1024} KiB; make it smaller`);
  return `data:${iconTypes[extname(icon)] ?? "application/octet-stream"};base64,${bytes.toString("base64")}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

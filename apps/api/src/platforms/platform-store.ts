import type { Kysely } from "kysely";
import {
  platformCatalogueSchema,
  platformDefinitionSchema,
  type PlatformDefinition,
} from "@attestream/workflow/schema";
import type { Database } from "../storage/schema.ts";

/** One version of a platform, as a session pins it or as new sessions get it. */
export interface PlatformEntry {
  id: number;
  name: string;
  hash: string;
  definition: PlatformDefinition;
  icon: string | null;
  isActive: boolean;
  createdAt: Date;
  updatedAt: Date | null;
}

export interface PlatformStore {
  /** Every platform of which the list can say something, in order of id. */
  list(): Promise<PlatformEntry[]>;
  /** What a new session on it gets. */
  current(id: number): Promise<PlatformEntry | null>;
  /** What a session pinned. */
  pinned(session: { platform_id: number; platform_hash: string }): Promise<PlatformEntry>;
}

/** Of an integer column; PostgreSQL refuses to compare it with more. */
const largestId = 2_147_483_647;

export function createPlatformStore(db: Kysely<Database>): PlatformStore {
  // Versions are content-addressed and never change: parsed once.
  const parsed = new Map<string, Pick<PlatformEntry, "definition" | "isActive">>();

  const rows = () =>
    db
      .selectFrom("platforms")
      .innerJoin("platform_versions", "platform_versions.platform_id", "platforms.id")
      .select([
        "platforms.id",
        "platforms.name",
        "platforms.is_active",
        "platforms.created_at",
        "platforms.updated_at",
        "platform_versions.hash",
        "platform_versions.definition",
        "platform_versions.icon",
      ]);
  type Row = Awaited<ReturnType<ReturnType<typeof rows>["execute"]>>[number];

  function toEntry(row: Row): PlatformEntry {
    let known = parsed.get(row.hash);
    if (!known) {
      const whole = platformDefinitionSchema.safeParse(row.definition);
      // Valid in an earlier release, or only as far as the list: nothing new can begin with it, and a
      // worker that is given it refuses it by itself.
      if (!whole.success) platformCatalogueSchema.parse(row.definition);
      known = { definition: whole.data ?? (row.definition as object as PlatformDefinition), isActive: whole.success };
      parsed.set(row.hash, known);
    }
    return {
      id: row.id,
      name: row.name,
      hash: row.hash,
      definition: known.definition,
      icon: row.icon,
      isActive: row.is_active && known.isActive,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }

  return {
    async list() {
      const found = await rows()
        .whereRef("platform_versions.hash", "=", "platforms.active_hash")
        .orderBy("platforms.id")
        .execute();
      return found.map(toEntry);
    },
    async current(id) {
      if (id > largestId) return null;
      const row = await rows()
        .whereRef("platform_versions.hash", "=", "platforms.active_hash")
        .where("platforms.id", "=", id)
        .executeTakeFirst();
      return row ? toEntry(row) : null;
    },
    async pinned(session) {
      return toEntry(
        await rows()
          .where("platforms.id", "=", session.platform_id)
          .where("platform_versions.hash", "=", session.platform_hash)
          .executeTakeFirstOrThrow(),
      );
    },
  };
}

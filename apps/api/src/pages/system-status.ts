import type { Kysely } from "kysely";
import type { AttestorKeys, PresentAttestor } from "../attestors/attestor-keys.ts";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { Database } from "../storage/schema.ts";
import { readPresentWorkers, type PresentWorkers } from "../workers/present-workers.ts";

/** What the landing page says about this installation. Counts, public names and what is wrong with a platform's file. */
export interface SystemStatus {
  /** Null: the database does not answer, and nothing below is known. */
  database: "pglite" | "postgres" | null;
  workers: PresentWorkers;
  platforms: { active: string[]; outOfService: { name: string; problem: string }[] };
  attestors: PresentAttestor[];
  framePage: boolean;
  at: Date;
}

export interface StatusDependencies {
  db: Kysely<Database>;
  engine: "pglite" | "postgres";
  platforms: Pick<PlatformStore, "list">;
  attestors: Pick<AttestorKeys, "present">;
  isFrameBuilt: () => Promise<boolean>;
  clock: () => Date;
}

export async function readSystemStatus({
  db,
  engine,
  platforms,
  attestors: known,
  isFrameBuilt,
  clock,
}: StatusDependencies): Promise<SystemStatus> {
  const at = clock();
  const framePage = await isFrameBuilt();
  const attestors = known.present();
  try {
    const [workers, listed, broken] = await Promise.all([
      readPresentWorkers(db, at),
      platforms.list(),
      db.selectFrom("platforms").select(["name", "problem"]).where("is_active", "=", false).orderBy("name").execute(),
    ]);
    return {
      database: engine,
      workers,
      platforms: {
        active: listed.filter(({ isActive }) => isActive).map(({ definition }) => definition.displayName),
        outOfService: broken.map(({ name, problem }) => ({ name, problem: firstLine(problem ?? "") })),
      },
      attestors,
      framePage,
      at,
    };
  } catch {
    const workers = { up: 0, capacity: 0, warm: 0, browser: null, isolationLevel: null };
    return { database: null, workers, platforms: { active: [], outOfService: [] }, attestors, framePage, at };
  }
}

function firstLine(problem: string): string {
  return (problem.split("\n")[0] ?? "").slice(0, 300);
}

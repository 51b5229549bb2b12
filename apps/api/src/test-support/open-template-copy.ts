import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { databaseTemplate } from "../storage/database-template.ts";

export interface TemplateCopy extends AsyncDisposable {
  pglite: PGlite;
}

/** A fresh, migrated embedded database of its own, without the API around it. Gone with its folder when disposed of. */
export async function openTemplateCopy(): Promise<TemplateCopy> {
  const home = await mkdtemp(join(tmpdir(), "attestream-database-"));
  const folder = join(home, "pgdata");
  await cp(await databaseTemplate(), folder, { recursive: true });
  const pglite = await PGlite.create(folder);
  return {
    pglite,
    async [Symbol.asyncDispose]() {
      await pglite.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

import { sql, type Kysely } from "kysely";
import type { NodeStore } from "@attestream/attestation/log";
import type { Database } from "../storage/schema.ts";

/** Whole subtrees of the log, as `log_nodes` keeps them: a proof is one query. */
export function createNodeStore(db: Kysely<Database>): NodeStore {
  return {
    async read(ids) {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom("log_nodes")
        .selectAll()
        .where((eb) =>
          eb(
            eb.refTuple("level", "index"),
            "in",
            ids.map(({ level, index }) => eb.tuple(sql<number>`${level}::integer`, sql<number>`${index}::integer`)),
          ),
        )
        .execute();
      const byId = new Map(rows.map(({ level, index, hash }) => [`${level}:${index}`, new Uint8Array(hash)]));
      return ids.map(({ level, index }) => {
        const hash = byId.get(`${level}:${index}`);
        if (hash === undefined) throw new Error(`The log in the database is broken: ${level}:${index} is missing`);
        return hash;
      });
    },
  };
}

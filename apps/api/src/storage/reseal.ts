import { sql, type Kysely } from "kysely";
import type { Log } from "../http/log.ts";
import { UnknownKeyError, type Sealer } from "./encryption.ts";
import type { Database } from "./schema.ts";

/** Every sealed column, with the one that names the row. Their `aad` is always `table.column:id`. */
export const sealedColumns = [
  { table: "signing_keys", column: "private_jwk_enc", id: "kid" },
  { table: "partners", column: "webhook_secrets_enc", id: "id" },
  { table: "sessions", column: "receiver_data_enc", id: "id" },
  { table: "sessions", column: "extraction_enc", id: "id" },
  { table: "attestations", column: "attestation_enc", id: "session_id" },
  { table: "attestations", column: "evidence_enc", id: "session_id" },
  { table: "credentials", column: "credential_enc", id: "session_id" },
  { table: "bbs_keys", column: "secret_key_enc", id: "kid" },
] as const;

export interface ResealResult {
  resealed: number;
  /** Sealed under keys that are not configured: these cannot be read. */
  unreadable: number;
  /** The ids of those keys. */
  missingKeys: string[];
  /** False: the signal ended it first; the next run goes on. */
  finished: boolean;
}

/**
 * Brings every stored value under the sealer's present key, some rows at a time, so that an old key can be
 * taken away. May be ended at any time and begun again, and run in several processes at once: a row is
 * written only if it is still as it was read.
 */
export async function resealAll(deps: {
  db: Kysely<Database>;
  sealer: Sealer;
  log: Log;
  signal: AbortSignal;
  batch?: number;
}): Promise<ResealResult> {
  const { db, sealer, log, signal, batch = 100 } = deps;
  const result: ResealResult = { resealed: 0, unreadable: 0, missingKeys: [], finished: false };
  const missing = new Set<string>();

  for (const { table, column, id } of sealedColumns) {
    const [tableRef, columnRef, idRef] = [sql.table(table), sql.ref(column), sql.ref(id)];
    let after = "";
    for (;;) {
      if (signal.aborted) return result;
      const { rows } = await sql<{ id: string; value: Uint8Array }>`
        select ${idRef} as id, ${columnRef} as value from ${tableRef}
        where ${columnRef} is not null and ${idRef} > ${after}
          and substring(${columnRef} from 1 for ${sql.lit(sealer.prefix.length)}) <> ${Buffer.from(sealer.prefix)}
        order by ${idRef} limit ${sql.lit(batch)}`.execute(db);
      for (const row of rows) {
        const aad = `${table}.${column}:${row.id}`;
        try {
          const value = Buffer.from(sealer.seal(sealer.open(row.value, aad), aad));
          const { numAffectedRows } = await sql`
            update ${tableRef} set ${columnRef} = ${value}
            where ${idRef} = ${row.id} and ${columnRef} = ${Buffer.from(row.value)}`.execute(db);
          result.resealed += Number(numAffectedRows ?? 0);
        } catch (error) {
          if (!(error instanceof UnknownKeyError)) throw error;
          result.unreadable += 1;
          missing.add(error.keyId);
          result.missingKeys = [...missing];
        }
      }
      if (rows.length > 0)
        log.info({ op: "reseal", table, column, ...result }, "stored values are brought under the present key");
      after = rows.at(-1)?.id ?? after;
      if (rows.length < batch) break;
    }
  }
  return { ...result, finished: true };
}

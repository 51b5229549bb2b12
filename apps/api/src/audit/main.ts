import { ConfigError, loadConfig } from "../config.ts";
import { auditKey, loadSecrets } from "../keys/secrets.ts";
import { openDatabase } from "../storage/open-database.ts";
import { StorageError } from "../storage/storage-error.ts";
import { readAuditLog } from "./read-audit-log.ts";

/**
 * `npm run audit`: prints the audit log, one JSON line an entry, with the settings of the API. Ends with 1
 * when an entry was changed, put in or taken out.
 */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const key = auditKey(loadSecrets(config).masterKey);
  const database = await openDatabase(config);
  let count = 0;
  const broken: number[] = [];
  try {
    for await (const { row, holds } of readAuditLog(database.db, key)) {
      const { chain: _chain, details, ...rest } = row;
      count += 1;
      if (!holds) broken.push(row.seq);
      process.stdout.write(`${JSON.stringify({ ...rest, details: JSON.parse(details) as unknown, holds })}\n`);
    }
  } finally {
    await database.close();
  }
  if (broken.length > 0) {
    process.stderr.write(`The log was changed: entries ${broken.join(", ")} do not follow from those before them.\n`);
    process.exitCode = 1;
  } else process.stderr.write(`${count} entries, each follows from those before it.\n`);
}

main().catch((error: unknown) => {
  const mendable = error instanceof ConfigError || error instanceof StorageError;
  process.stderr.write(`${mendable ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = mendable ? 78 : 1;
});

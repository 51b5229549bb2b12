import { systemActor } from "../../audit/actor.ts";
import { createAuditLog } from "../../audit/audit-log.ts";
import { ConfigError, loadConfig } from "../../config.ts";
import { auditKey, loadSecrets } from "../../keys/secrets.ts";
import { createSealer } from "../../storage/encryption.ts";
import { openDatabase } from "../../storage/open-database.ts";
import { StorageError } from "../../storage/storage-error.ts";
import { rotateSigningKey } from "./rotate-signing-key.ts";

/** `npm run rotate-signing-key`: with the settings of the API. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { masterKey } = loadSecrets(config);
  const now = () => new Date();
  const database = await openDatabase(config);
  try {
    const { kid, replaced } = await rotateSigningKey(
      {
        db: database.db,
        sealer: createSealer(masterKey, config.encryptionKeys),
        audit: createAuditLog({ key: auditKey(masterKey), now }),
        now,
      },
      systemActor("operator"),
    );
    process.stdout.write(`${JSON.stringify({ kid, replaced })}\n`);
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  const isMendable = error instanceof ConfigError || error instanceof StorageError;
  process.stderr.write(`${isMendable ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = isMendable ? 78 : 1;
});

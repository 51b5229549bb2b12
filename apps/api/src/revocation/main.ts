import { parseArgs } from "node:util";
import { AppError, sessionIdSchema } from "@attestream/shared";
import { revocationReasons, revokeRequestSchema } from "@attestream/shared/partner-api";
import { systemActor } from "../audit/actor.ts";
import { createAuditLog } from "../audit/audit-log.ts";
import { ConfigError, loadConfig } from "../config.ts";
import { auditKey, loadSecrets } from "../keys/secrets.ts";
import { openDatabase } from "../storage/open-database.ts";
import { StorageError } from "../storage/storage-error.ts";
import { createRevoker } from "./revoke-attestation.ts";

const usage = `npm run revoke -- --session ID [--reason ${revocationReasons.join("|")}]`;

class UsageError extends Error {}

/** `npm run revoke`: the operator's way to revoke a session's attestation, with the settings of the API. */
async function main(): Promise<void> {
  const { sessionId, reason } = readArguments(process.argv.slice(2));
  const config = loadConfig(process.env);
  const audit = createAuditLog({ key: auditKey(loadSecrets(config).masterKey), now: () => new Date() });
  const database = await openDatabase(config);
  try {
    const revoke = createRevoker({ db: database.db, audit, now: () => new Date() });
    process.stdout.write(`${JSON.stringify(await revoke(sessionId, reason, systemActor("operator")))}\n`);
  } finally {
    await database.close();
  }
}

function readArguments(args: string[]) {
  try {
    const { values } = parseArgs({ args, options: { session: { type: "string" }, reason: { type: "string" } } });
    return {
      sessionId: sessionIdSchema.parse(values.session).toLowerCase(),
      reason: revokeRequestSchema.parse(values.reason === undefined ? {} : { reason: values.reason }).reason,
    };
  } catch {
    throw new UsageError(`Write: ${usage}`);
  }
}

main().catch((error: unknown) => {
  const isMendable = [ConfigError, StorageError, UsageError, AppError].some((kind) => error instanceof kind);
  process.stderr.write(
    `${error instanceof Error ? (isMendable ? error.message : (error.stack ?? error.message)) : String(error)}\n`,
  );
  process.exitCode = isMendable ? 78 : 1;
});

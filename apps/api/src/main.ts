import { createApi } from "./create-api.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { ListenError } from "./http/listen.ts";
import { createLog } from "./http/log.ts";
import { findDatabaseTemplate } from "./storage/database-template.ts";
import { StorageError } from "./storage/storage-error.ts";

/** sysexits' EX_CONFIG: the operator can mend it. */
const configurationExit = 78;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLog(config.logLevel);
  const api = await createApi({ config, log, template: findDatabaseTemplate });

  let stopping: Promise<void> | null = null;
  const stop = (why: string) => {
    stopping ??= (async () => {
      log.info({ op: "api.stop", why }, "api stops");
      await api.stop();
      process.exitCode = 0;
      // Disconnects from a parent that is still there: an open channel would keep the process alive.
      if (process.connected) process.disconnect();
    })();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal));
  process.on("disconnect", () => stop("parent is gone"));

  const { firstKey, firstWebhookSecret } = api.firstKeys;
  if (process.send) {
    process.send({ type: "ready", port: api.port, url: api.url, ...api.firstKeys });
    return;
  }
  process.stdout.write(`API: ${api.url}\n`);
  if (firstKey !== undefined) process.stdout.write(`First API key, shown only now: ${firstKey}\n`);
  if (firstWebhookSecret !== undefined) process.stdout.write(`Its webhook secret: ${firstWebhookSecret}\n`);
}

main().catch((error: unknown) => {
  const mendable = error instanceof ConfigError || error instanceof StorageError || error instanceof ListenError;
  process.stderr.write(`${mendable ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = mendable ? configurationExit : 1;
  if (process.connected) process.disconnect();
});

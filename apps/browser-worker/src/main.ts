import { pino } from "pino";
import { ConfigError, loadConfig, type WorkerConfig } from "./config.ts";
import { createWorker } from "./create-worker.ts";
import { runSessionTree } from "./tree/run-session-tree.ts";

const configurationErrorExit = 78;

function loadOrExit(): WorkerConfig {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The worker cannot start with this configuration:\n${error.message}\n`);
    return process.exit(configurationErrorExit);
  }
}

async function main(): Promise<void> {
  const config = loadOrExit();
  const log = pino({ name: "browser-worker", level: config.logLevel });
  const worker = await createWorker({
    config,
    runTree: runSessionTree,
    log,
    useTemporaryFolder: (path) => {
      process.env["TMPDIR"] = path;
    },
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      // Asked twice, it ends at once; the kernel then ends the browsers.
      process.once(signal, () => process.exit(1));
      log.info({ signal }, "stopping");
      void worker.stop();
    });
  }
  // The one who started this process is gone: nobody would stop it.
  process.on("disconnect", () => void worker.stop());
  void worker.registered.then(() => process.send?.({ type: "ready", port: worker.port }));
  await worker.finished;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The worker stopped: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

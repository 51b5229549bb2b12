import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { createDemoBank } from "./bank/create-demo-bank.ts";
import { ensureCertificates } from "./certificates/ensure-certificates.ts";
import { loadConfig } from "./config.ts";

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ name: "demo-platform", level: config.LOG_LEVEL });
  const { leaf, caFile } = await ensureCertificates({ folder: config.CERT_DIR, now: new Date() });
  const bank = createDemoBank({ clock: () => new Date(), log });
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, bank);

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.PORT, config.HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;
  log.info({ host: config.HOST, port, caFile }, "Demo Bank is open");
  process.send?.({ type: "ready", port });

  const stop = () => {
    server.close(() => process.connected && process.disconnect());
    server.closeIdleConnections();
    // A browser keeps its connections open; what is still running gets a moment to finish.
    setTimeout(() => server.closeAllConnections(), 500).unref();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // Started by another process: do not outlive it.
  process.once("disconnect", stop);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `Demo Bank cannot listen: ${error.message}. Stop what uses that port, or set PORT to another one (0 takes any free port).`;
  if (code === "EACCES" || code === "EROFS")
    return `Demo Bank cannot start: ${error.message}. Set CERT_DIR to a folder that can be written, and PORT above 1023.`;
  return error.message;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

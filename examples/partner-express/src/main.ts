import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createClient } from "@attestream/sdk";
// In this repository the SDK is source, so its browser part is bundled here; a published SDK brings dist/embed.js.
import { buildEmbed } from "@attestream/sdk/build";
import type { Express } from "express";
import { loadConfig } from "./config.ts";
import { createPartner } from "./create-partner.ts";
import { createVerifications } from "./verifications.ts";

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const embedScript = await buildEmbed();
  const attestors: unknown = config.ATTESTORS_FILE && JSON.parse(await readFile(config.ATTESTORS_FILE, "utf8"));
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.PORT, config.HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;

  const partner: Express = createPartner({
    client: createClient({ baseUrl: config.API_URL, apiKey: config.API_KEY }),
    verifications: createVerifications(),
    webhookSecret: config.WEBHOOK_SECRET,
    webhookUrl: config.WEBHOOK_URL ?? `http://127.0.0.1:${port}/webhooks/attestream`,
    platformName: config.PLATFORM,
    frameOrigins: frameOriginsOf(config.FRAME_ORIGIN ?? config.API_URL),
    embedScript,
    publicFolder: fileURLToPath(new URL("../public", import.meta.url)),
    clock: () => new Date(),
    attestors,
  });
  server.on("request", partner);
  // Whoever started us with a channel says the address in words of its own.
  if (process.send) process.send({ type: "ready", port });
  else process.stdout.write(`demo partner: http://${config.HOST}:${port}\n`);

  const stop = () => {
    server.close(() => process.connected && process.disconnect());
    // Open event streams would keep the process alive.
    server.closeAllConnections();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.once("disconnect", stop);
}

/** On a developer's machine the same listener goes by two names. */
function frameOriginsOf(url: string): string[] {
  const { origin } = new URL(url);
  const twin = origin.includes("//localhost:")
    ? origin.replace("//localhost:", "//127.0.0.1:")
    : origin.replace("//127.0.0.1:", "//localhost:");
  return [...new Set([origin, twin])];
}

try {
  await main();
} catch (error) {
  const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    taken
      ? `The demo partner cannot listen: ${message}. Stop what uses that port, or set PORT to another one (0 takes any free port).\n`
      : `${message}\n`,
  );
  process.exit(1);
}

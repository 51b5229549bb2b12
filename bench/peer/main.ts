// The casters that the product is compared with, as a process of their own with a browser of their own. Started by
// the bench with an IPC channel, and ends with it.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { z } from "zod";
import { RawBrowser } from "../floor/raw-browser.ts";
import { siteHost } from "../pages/site-pages.ts";
import { cast, codecs } from "./caster.ts";

const script = readFileSync(join(import.meta.dirname, "browser/viewer.js"), "utf8");
const document = `<!doctype html><title>Peer</title><style>body{margin:0}canvas{display:block}</style><canvas class="screen" tabindex="0"></canvas><script type="module">${script}</script>`;
const querySchema = z.object({ codec: z.enum(codecs), page: z.url() });

const browser = await RawBrowser.start({ sitePort: Number(process.env["SITE_PORT"]), siteHost });
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(document);
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket, request) => {
  const query = querySchema.parse(Object.fromEntries(new URL(request.url ?? "/", "http://localhost").searchParams));
  cast(browser, socket, query.page, query.codec).catch((error: unknown) => {
    process.stderr.write(`peer: ${error instanceof Error ? error.message : String(error)}\n`);
    socket.terminate();
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

async function stop(): Promise<void> {
  await browser[Symbol.asyncDispose]();
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void stop());
process.on("disconnect", () => void stop());
process.send?.({ port: (server.address() as AddressInfo).port });

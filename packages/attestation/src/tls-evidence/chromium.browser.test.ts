import { createHash, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { once } from "node:events";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { startRecordingProxy, type RecordingProxy } from "@attestream/testkit";
import { chromium, type Browser } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findResponse, openConnection, parseKeyLogLine, readResponses, type HttpResponse } from "./index.ts";
import { createChain, serverName, type TestChain } from "./test-support/chains.ts";
import { serverSecretsOf } from "./test-support/record.ts";

const debianShell = "/usr/lib/chromium/chromium-headless-shell";
const account = JSON.stringify({ balance: { amount: "1520.75", currency: "EUR" }, notes: "x".repeat(60_000) });

let chain: TestChain;
let folder: string;
let proxy: RecordingProxy;
let browser: Browser;
const servers: (Server | Http2SecureServer)[] = [];

beforeAll(async () => {
  chain = await createChain("P-256");
  folder = await mkdtemp(join(tmpdir(), "attestream-keylog-"));
  proxy = await startRecordingProxy();
  const leaf = new X509Certificate(chain.cert);
  const spki = createHash("sha256")
    .update(leaf.publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
  browser = await chromium.launch({
    chromiumSandbox: false,
    ...(existsSync(debianShell) && { executablePath: debianShell }),
    args: [
      `--ssl-key-log-file=${join(folder, "keys.log")}`,
      `--proxy-server=http://127.0.0.1:${proxy.port}`,
      // Chromium does not know the root; openConnection is what checks the chain here.
      `--ignore-certificate-errors-spki-list=${spki}`,
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  await proxy?.[Symbol.asyncDispose]();
  for (const server of servers) server.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function serve(protocol: "h2" | "http/1.1"): Promise<number> {
  const own = { cert: chain.cert, key: chain.key };
  const server =
    protocol === "h2"
      ? createSecureServer(own, (request, response) => answer(request.url, response))
      : createServer(own, (request, response) => answer(request.url, response));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

interface Answerable {
  setHeader(name: string, value: string): unknown;
  end(body: string | Uint8Array): unknown;
}

function answer(url: string | undefined, response: Answerable): void {
  if (url !== "/account") {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>bank</title>");
    return;
  }
  response.setHeader("content-type", "application/json");
  response.setHeader("content-encoding", "br");
  response.end(brotliCompressSync(account));
}

it.each(["h2", "http/1.1"] as const)("what Chromium fetched over %s is found in the recording", async (protocol) => {
  const port = await serve(protocol);
  const page = await browser.newPage();
  await page.goto(`https://${serverName}:${port}/`);
  const seen = await page.evaluate(async () => {
    const response = await fetch("/account");
    return response.text();
  });
  expect(seen).toBe(account);
  await page.close();
  const bodySha256 = createHash("sha256").update(seen).digest("hex");

  const keyLog = (await readFile(join(folder, "keys.log"), "utf8")).split("\n");
  expect(keyLog.some((line) => parseKeyLogLine(line)?.label === "SERVER_TRAFFIC_SECRET_0")).toBe(true);
  const recorded = proxy.connections.filter((connection) => connection.port === port);
  const found: HttpResponse[] = [];
  for (const one of recorded) {
    const [sent, received] = [Buffer.concat(one.sent), Buffer.concat(one.received)];
    // Chromium opens connections ahead, and may leave one unused.
    if (received.length === 0) continue;
    const clientRandom = sent.subarray(11, 43).toString("hex");
    const secrets = serverSecretsOf(keyLog, clientRandom);
    const opened = openConnection({ serverName, sent, received }, secrets, {
      roots: [chain.root.pem],
      now: new Date(),
    });
    expect(opened.alpn).toBe(protocol);
    const response = findResponse(readResponses(opened), bodySha256);
    if (response !== null) found.push(response);
  }
  expect(found).toMatchObject([{ status: 200, complete: true }]);
  expect(Buffer.from(found[0]?.body ?? []).toString()).toBe(account);
});

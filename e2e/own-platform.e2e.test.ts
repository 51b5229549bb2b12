import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createClient, verifyWebhook } from "@attestream/sdk";
import { createCertificateAuthority } from "@attestream/testkit";
import { startTestSystem, type TestSystem } from "./support/start-test-system.ts";

const bootstrapKey = "bootstrap-key-of-the-test";
const undo = new AsyncDisposableStack();
const received = Promise.withResolvers<{ payload: Buffer; headers: Record<string, string> }>();
let test: TestSystem;
let webhookPort: number;
let branchPort: number;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "attestream-own-"));
  undo.defer(() => rm(folder, { recursive: true }));
  const authority = await createCertificateAuthority("Own platform test");
  const serve = async (name: string, listener: RequestListener) => {
    const server = createServer(await authority.issue(name), listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    undo.defer(() => server.close().closeAllConnections());
    return (server.address() as AddressInfo).port;
  };
  const site = (owner: string) => (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(String(request.url), "https://garage.example.com");
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (url.pathname === "/bookings")
      response.end(
        `<h1>Bookings</h1><p id=owner>${owner}</p><table><tbody><tr><td>2026-01-02</td><td>12,50 €</td></tr></tbody></table>`,
      );
    else
      response.end(
        "<form action=/bookings><label>Plate <input name=plate autofocus></label><button>Sign in</button></form>",
      );
  };
  const sitePort = await serve("garage.example.com", site("Max Mustermann"));
  branchPort = await serve("branch.demo.test", site("Branch Customer"));
  webhookPort = await serve("localhost", (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.resolve({ payload: Buffer.concat(chunks), headers: request.headers as Record<string, string> });
      response.statusCode = 204;
      response.end();
    });
  });
  await writeFile(join(folder, "ca.pem"), authority.certificate);
  await mkdir(join(folder, "platforms/garage"), { recursive: true });
  await mkdir(join(folder, "platforms/broken"), { recursive: true });
  await writeFile(join(folder, "platforms/garage/platform.yaml"), garage);
  await writeFile(join(folder, "platforms/broken/platform.yaml"), "format: platform/1\nname: broken\nscreens: 7\n");
  test = await startTestSystem({
    BOOTSTRAP_API_KEY: bootstrapKey,
    PLATFORMS_DIRS: join(folder, "platforms"),
    EGRESS_DEV_HOSTS: `garage.example.com=127.0.0.1:${sitePort},branch.demo.test=127.0.0.1:${branchPort}`,
    WEBHOOK_DEV_HOSTS: `localhost:${webhookPort}`,
    EXTRA_CA_FILE: join(folder, "ca.pem"),
    LOG_LEVEL: "fatal",
  });
  undo.use(test);
});
afterAll(() => undo.disposeAsync());

it("a platform, a key, an authority and a webhook host of the operator's own work together", async () => {
  const client = createClient({ baseUrl: test.system.apiUrl, apiKey: bootstrapKey });
  const platforms = await client.platforms();
  expect(platforms.find(({ name }) => name === "broken")?.isActive ?? false).toBe(false);
  const platform = platforms.find(({ name }) => name === "garage");
  expect(platform).toMatchObject({ displayName: "Garage", isActive: true });

  const session = await client.createSession({
    platformId: Number(platform?.id),
    webhookUrl: `https://localhost:${webhookPort}/hook`,
    externalReferenceId: "ref-1",
    consent: false,
  });
  const user = await test.openEndUser();
  await user.page.goto(session.embedUrl);
  await user.page.locator('[data-challenge="login"]').waitFor();
  await user.page.locator(".keyboard-target").focus();
  await user.page.keyboard.type("M-AX 1");
  await user.page.keyboard.press("Enter");

  const { payload, headers } = await received.promise;
  expect(verifyWebhook({ payload, headers, secret: String(test.system.firstWebhookSecret) })).toMatchObject({
    sessionId: session.sessionId,
    status: "COMPLETED",
    externalReferenceId: "ref-1",
    extractedData: { owner: "Max Mustermann" },
  });
  expect(payload.toString()).not.toContain("M-AX");
  await user.close();
});

it("a session's own address is where its browser goes, although the platform does not name that host", async () => {
  const client = createClient({ baseUrl: test.system.apiUrl, apiKey: bootstrapKey });
  const platform = (await client.platforms()).find(({ name }) => name === "garage");
  const session = await client.createSession({
    platformId: Number(platform?.id),
    customUrl: `https://branch.demo.test:${branchPort}/`,
    consent: false,
  });
  const user = await test.openEndUser();
  await user.page.goto(session.embedUrl);
  await user.page.locator('[data-challenge="login"]').waitFor();
  await user.page.locator(".keyboard-target").focus();
  await user.page.keyboard.type("M-AX 2");
  await user.page.keyboard.press("Enter");
  await expect
    .poll(async () => await client.getSession(session.sessionId), { timeout: 60_000 })
    .toMatchObject({ status: "COMPLETED", extractedData: { owner: "Branch Customer" } });
  await user.close();
});

const garage = `
format: platform/1
name: garage
displayName: Garage
description: A garage that does not exist
loginUrl: https://garage.example.com/
allowCustomUrl: true
version: 1.0.0
allow: [garage.example.com]
limits: { total: 5m, idle: 1m }
screens:
  - id: login
    when: { url: "/", see: { role: button, name: Sign in } }
    user:
      kind: login
      fields: [{ id: plate, at: { label: Plate } }]
      timeout: 1m
  - id: home
    when: { url: "/bookings**" }
    then: collect
collect:
  - id: owner
    open: /bookings
    read: { owner: { css: "#owner" } }
`;

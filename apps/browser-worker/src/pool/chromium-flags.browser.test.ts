import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright";
import { expect, it } from "vitest";
import { findChromium } from "../sandbox/find-chromium.ts";
import { chromiumFlags } from "./chromium-flags.ts";

const navigations = 25;

it(`what is typed while the page changes leaves the next page hearing, ${navigations} times in a row`, async () => {
  await using open = new AsyncDisposableStack();
  // The browser's proxy, which answers for every site.
  const site = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><body style='margin: 0'><input><p>A page");
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  open.defer(() => site.close().closeAllConnections());
  const browser = await chromium.launch({
    executablePath: (await findChromium(undefined)).path,
    chromiumSandbox: false,
    args: chromiumFlags({ proxyPort: (site.address() as AddressInfo).port, keyLog: null }),
  });
  open.defer(() => browser.close());
  const page = await browser.newPage();
  const client = await page.context().newCDPSession(page);
  await client.send("Page.enable");
  // In flight when the document is changed for the next one, where Chromium loses it.
  client.on("Page.frameStartedNavigating", () => {
    for (let letter = 0; letter < 3; letter += 1) void client.send("Input.insertText", { text: "x" }).catch(() => {});
  });
  await page.goto("http://site.test/0");
  for (let number = 1; number <= navigations; number += 1) {
    await page.goto(`http://site.test/${number}`);
    await page.evaluate(
      "new Promise((done) => new PerformanceObserver(done).observe({ type: 'paint', buffered: true })).then(() => true)",
    );
    // Playwright's own hands go the same way, and would wait for ever.
    await expect(page.click("input", { timeout: 5_000 })).resolves.toBeUndefined();
  }
});

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEmbed } from "../../build.ts";

const sessionId = "0d3f1ab2-6c1e-4b8e-9a53-7f1f3f0a9e11";
const debianShell = "/usr/lib/chromium/chromium-headless-shell";

/** A frame that answers `init` as the real one does, tells what it was sent, and can be made to speak. */
const framePage = `<!doctype html><script>
  const say = (type, payload, more = {}) => parent.postMessage({ ns: "attestream", v: 1, id: "f", sessionId: "${sessionId}", ts: 0, type, payload, ...more }, "*");
  addEventListener("message", ({ data }) => {
    if (data.type === "init") { say("ready", {}); say("resize", { height: 333, added: 1 }); say("status", { previous: null, status: data.payload.theme === "dark" ? "RUNNING" : "READY", progress: 5 }); }
    if (data.type === "focus") { say("opened", {}, { sessionId: "11111111-6c1e-4b8e-9a53-7f1f3f0a9e11" }); say("unheard-of", {}); say("challenge.resolved", {}); }
  });
</script>`;

const pageScript = `import { mount } from "/embed.js"; Object.assign(globalThis, { mount, events: [] });`;

let browser: Browser;
let server: Server;
let port: number;

beforeAll(async () => {
  const script = await readFile(await buildEmbed(), "utf8");
  server = createServer((request, response) => {
    const path = request.url?.split("?", 1)[0];
    if (path === "/embed.js") response.setHeader("content-type", "text/javascript").end(script);
    else if (path === "/page.js") response.setHeader("content-type", "text/javascript").end(pageScript);
    else {
      response.setHeader("content-type", "text/html");
      if (path?.startsWith("/verify/")) response.end(framePage);
      else {
        // As strict as a partner's page may be.
        response.setHeader(
          "content-security-policy",
          "default-src 'none'; script-src 'self'; frame-src http://localhost:*",
        );
        response.end(
          `<!doctype html><title>partner</title><div id="here"></div><script type="module" src="/page.js"></script>`,
        );
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  port = (server.address() as AddressInfo).port;
  browser = await chromium.launch({
    chromiumSandbox: false,
    ...(existsSync(debianShell) && { executablePath: debianShell }),
  });
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

/** The partner's page on 127.0.0.1; the frame is on localhost, another site. */
async function openPartner(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  return page;
}

function mountFrame(page: Page, theme: "light" | "dark", path = `/verify/${sessionId}`): Promise<void> {
  return page.evaluate(
    ({ embedUrl, theme: wanted }) => {
      const scope = globalThis as unknown as { events: unknown[]; frame: object; mount(options: object): object };
      scope.frame = scope.mount({
        container: document.getElementById("here"),
        embedUrl,
        theme: wanted,
        onEvent: (event: { type: string; payload: unknown }) => scope.events.push([event.type, event.payload]),
      });
    },
    { embedUrl: `http://localhost:${port}${path}?token=t`, theme },
  );
}

const eventsOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { events: [string, unknown][] }).events);
const waitForEvent = (page: Page, type: string) =>
  page.waitForFunction(
    (wanted) => (globalThis as unknown as { events: [string, unknown][] }).events.some(([name]) => name === wanted),
    type,
  );

describe("mount()", () => {
  it("greets the frame, passes its events on, follows its height, and leaves nothing behind", async () => {
    const page = await openPartner();
    const complaints: string[] = [];
    page.on("console", (message) => void complaints.push(message.text()));
    await mountFrame(page, "dark");
    await waitForEvent(page, "status");
    expect(await eventsOf(page)).toEqual([
      ["ready", {}],
      ["resize", { height: 333 }],
      ["status", { previous: null, status: "RUNNING", progress: 5 }],
    ]);
    const frame = page.locator("iframe");
    expect(
      await frame.evaluate((element: HTMLIFrameElement) => [
        element.style.height,
        element.title,
        element.allow,
        element.referrerPolicy,
      ]),
    ).toEqual(["333px", "Account verification", "clipboard-write", "no-referrer"]);
    await page.evaluate(() => (globalThis as unknown as { frame: { destroy(): void } }).frame.destroy());
    expect(await frame.count()).toBe(0);
    expect(complaints).toEqual([]);

    await mountFrame(page, "light");
    await page.waitForFunction(() => (globalThis as unknown as { events: unknown[] }).events.length === 6);
    expect((await eventsOf(page)).at(-1)).toEqual(["status", { previous: null, status: "READY", progress: 5 }]);
    await page.close();
  });

  it("hears nobody but its own frame, its own session and words it knows", async () => {
    const page = await openPartner();
    await mountFrame(page, "light");
    await waitForEvent(page, "status");
    const before = (await eventsOf(page)).length;
    await page.evaluate((id) => {
      window.postMessage(
        { ns: "attestream", v: 1, id: "x", sessionId: id, ts: 0, type: "finished", payload: { status: "COMPLETED" } },
        "*",
      );
      (globalThis as unknown as { frame: { focus(): void } }).frame.focus();
    }, sessionId);
    await waitForEvent(page, "challenge.resolved");
    expect((await eventsOf(page)).slice(before).map(([type]) => type)).toEqual(["challenge.resolved"]);
    await page.close();
  });

  it("greets again when the frame loads again", async () => {
    const page = await openPartner();
    await mountFrame(page, "light");
    await waitForEvent(page, "status");
    await page.frames()[1]?.evaluate(() => location.reload());
    await page.waitForFunction(
      () => (globalThis as unknown as { events: [string][] }).events.filter(([type]) => type === "ready").length === 2,
    );
    await page.close();
  });

  it("refuses an address that is no embed URL", async () => {
    const page = await openPartner();
    await expect(mountFrame(page, "light", "/elsewhere")).rejects.toThrow("embedUrl");
    await page.close();
  });
});

import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PagePort } from "@attestream/workflow";
import { chromium, type Browser, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPlaywrightPage } from "./playwright-page.ts";

const installed = "/usr/lib/chromium/chromium-headless-shell";
const host = "site.test";

const pages: Record<string, string> = {
  "/later": "<p id=p>soon</p><script>setTimeout(()=>{p.textContent='here now'},700)</script>",
  "/css-only":
    "<style>#p{visibility:hidden;transition:visibility 600ms}body.on #p{visibility:visible}</style><p id=p>slow words</p><script>requestAnimationFrame(()=>requestAnimationFrame(()=>document.body.className='on'))</script>",
  "/busy": "<p id=p></p><script>setInterval(()=>{p.textContent=Date.now()},50)</script><p>the words</p>",
  "/form":
    "<label>Password <input id=i type=password value=hunter2></label><p hidden>hidden words</p><a class=x href='/next'>go</a>",
  "/data":
    "<p class=name>Jane</p><table><tr><td>1<td>one<tr><td>2<td>two</table><script>fetch('/api/a?x=1');fetch('/api/big')</script>",
  "/spy":
    "<script>window.seen=[];const R=MutationObserver.prototype.observe;MutationObserver.prototype.observe=function(...a){seen.push('observer');return R.apply(this,a)};</script><p>spy</p>",
  "/leaves": "<a href='http://elsewhere.test/'>leave</a>",
};

let server: Server;
let browser: Browser;
let port = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    if (path === "/api/a") return response.writeHead(200, { "content-type": "application/json" }).end('{"a":1}');
    if (path === "/api/big")
      return response.writeHead(200, { "content-type": "application/json" }).end(`"${"x".repeat(5 * 1024 * 1024)}"`);
    return response
      .writeHead(pages[path] === undefined ? 404 : 200, { "content-type": "text/html" })
      .end(`<!doctype html><body>${pages[path] ?? "none"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  browser = await chromium.launch({
    ...(existsSync(installed) ? { executablePath: installed } : {}),
    chromiumSandbox: false,
    args: [
      `--host-resolver-rules=MAP ${host}:80 127.0.0.1:${port}, MAP dead.test:80 127.0.0.1:1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

async function withPort(test: (port: PagePort, page: Page, signal: AbortSignal) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const over = new AbortController();
  const captures = ["/api/a", "/api/big"].map((url) => ({ method: "GET", url }));
  try {
    await test(
      await createPlaywrightPage({
        context,
        page: () => page,
        allow: [host, "dead.test"],
        captures,
        now: () => new Date(),
        signal: over.signal,
      }),
      page,
      over.signal,
    );
  } finally {
    over.abort();
    await context.close();
  }
}

/** As the runner waits: looks, and looks again with every change. */
async function until(
  pagePort: PagePort,
  signal: AbortSignal,
  isThere: () => Promise<boolean> | boolean,
): Promise<void> {
  for (;;) {
    const { revision } = pagePort.observe();
    if (await isThere()) return;
    await pagePort.changed(revision, signal);
  }
}

const url = (path: string) => `http://${host}${path}`;

describe("the page port over a real browser", () => {
  it.each([
    ["/later", "here now"],
    ["/css-only", "slow words"],
  ])("wakes for what %s shows late, without any request", (path, text) =>
    withPort(async (pagePort, _page, signal) => {
      expect(await pagePort.open(url(path), signal)).toBeNull();
      await until(pagePort, signal, () => pagePort.find({ text }));
    }),
  );

  it("comes to rest on a page that always moves", () =>
    withPort(async (pagePort, _page, signal) => {
      await pagePort.open(url("/busy"), signal);
      await until(pagePort, signal, () => pagePort.observe().settled);
      expect(await pagePort.find({ text: "the words" })).toBe(true);
    }));

  it("gives every document its own id, and none for a change of the fragment", () =>
    withPort(async (pagePort, page, signal) => {
      await pagePort.open(url("/form"), signal);
      await until(pagePort, signal, () => pagePort.observe().settled);
      const first = pagePort.observe().documentId;
      await page.evaluate("location.hash = 'x'");
      await until(pagePort, signal, () => pagePort.observe().url.endsWith("#x"));
      expect(pagePort.observe().documentId).toBe(first);
      await pagePort.open(url("/data"), signal);
      await until(pagePort, signal, () => pagePort.observe().documentId !== first);
      expect(pagePort.observe().status).toBe(200);
    }));

  it("sees what is visible only, and never the value of a field", () =>
    withPort(async (pagePort, _page, signal) => {
      await pagePort.open(url("/form"), signal);
      await until(pagePort, signal, () => pagePort.find({ label: "password" }));
      expect(await pagePort.find({ text: "hidden words" })).toBe(false);
      expect(await pagePort.text({ label: "Password" })).toBe("");
      expect(await pagePort.readElements(null, [{ css: "#i" }, { css: ".x", attr: "href" }, { css: ".none" }])).toEqual(
        [["", "/next", null]],
      );
      expect(await pagePort.act({ click: { role: "button", name: "nowhere" } }, signal)).toBe(false);
    }));

  it("reads rows, and keeps wanted responses of bounded size", () =>
    withPort(async (pagePort, _page, signal) => {
      await pagePort.open(url("/data"), signal);
      await until(
        pagePort,
        signal,
        () => pagePort.response({ method: "GET", url: "/api/a" }, -1) !== null && pagePort.observe().settled,
      );
      expect(pagePort.response({ method: "GET", url: "/api/a" }, -1)).toEqual({
        url: url("/api/a?x=1"),
        status: 200,
        body: '{"a":1}',
      });
      expect(pagePort.response({ method: "GET", url: "/api/a" }, pagePort.observe().revision)).toBeNull();
      expect(pagePort.response({ method: "GET", url: "/api/big" }, -1)).toBeNull();
      expect(await pagePort.readElements("table tr", [{ cell: 2 }, { cell: 3 }])).toEqual([
        ["one", null],
        ["two", null],
      ]);
    }));

  it("watches without the page's scripts seeing it", () =>
    withPort(async (pagePort, page, signal) => {
      await pagePort.open(url("/spy"), signal);
      await until(pagePort, signal, () => pagePort.find({ text: "spy" }));
      expect(
        await page.evaluate("[window.seen.length, typeof window.attestreamChanged, typeof window.attestreamWatching]"),
      ).toEqual([0, "undefined", "undefined"]);
    }));

  it("tells why a page could not be opened", () =>
    withPort(async (pagePort, page, signal) => {
      expect(await pagePort.open("http://elsewhere.test/", signal)).toBe("NAVIGATION_BLOCKED");
      expect(await pagePort.open("http://dead.test/", signal)).toBe("PLATFORM_UNAVAILABLE");
      expect(await pagePort.open(url("/leaves"), signal)).toBeNull();
      await until(pagePort, signal, () => pagePort.find({ role: "link", name: "leave" }));
      expect(pagePort.observe().failure).toBeNull();
      await page.getByRole("link", { name: "leave" }).click();
      await until(pagePort, signal, () => pagePort.observe().failure === "NAVIGATION_BLOCKED");
    }));

  it("says so when the page crashes", () =>
    withPort(async (pagePort, page, signal) => {
      await pagePort.open(url("/form"), signal);
      const session = await page.context().newCDPSession(page);
      // Never answered: the process that would is gone.
      session.send("Page.crash").catch(() => undefined);
      await until(pagePort, signal, () => pagePort.observe().failure === "BROWSER_CRASHED");
    }));

  it("refuses a selector that is none as the tree's fault", () =>
    withPort(async (pagePort, _page, signal) => {
      await pagePort.open(url("/form"), signal);
      await expect(pagePort.find({ css: "a[[" })).rejects.toMatchObject({ code: "TREE_INVALID" });
    }));
});

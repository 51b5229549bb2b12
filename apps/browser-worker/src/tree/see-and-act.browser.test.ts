import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator, PageAction, PagePort } from "@attestream/workflow";
import { chromium, type Browser, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../sandbox/find-chromium.ts";
import { createPlaywrightPage } from "./playwright-page.ts";

const [host, other] = ["site.test", "elsewhere.test"];

/** Each way to find an element has one here, and one more that only looks like it. */
const widgets = `<h1>Your accounts</h1><h2>Jane's “50% [off] (now)” a/b > c >> d</h2>
<label for=user>User name</label><input id=user><input aria-label="Search all" data-testid=search>
<button data-testid=go class="btn go">Weiter  zur
Übersicht</button><a href="#x">Help</a><div role=dialog aria-label="Special offer">Offer</div>
<p style="display:none" class=gone>Locked out</p><div style="visibility:hidden"><button>Ghost</button></div>`;

const form = `<input id=name aria-label=Name><select aria-label=Kind><option>Checking<option>Savings</select>
<button onclick="log('clicked')">Save</button><button disabled>Later</button>
<p id=log></p><div style="height:3000px"></div><p id=end>The end</p>
<script>const log=(text)=>{document.querySelector('#log').textContent+=text+' '};
addEventListener('keydown',(e)=>log('key:'+(e.shiftKey?'Shift+':'')+e.key));
addEventListener('scroll',()=>log(scrollY>0?'down':'top'));
document.querySelector('select').addEventListener('change',(e)=>log('chose:'+e.target.value));
document.querySelector('#name').addEventListener('input',(e)=>log('typed:'+e.target.value));</script>`;

const pages: Record<string, string> = {
  "/widgets": widgets,
  "/same": "<p>Outer</p><iframe src=/widgets></iframe>",
  "/cross": `<p>Outer</p><iframe src=http://${other}/widgets></iframe>`,
  "/nested": "<p>Outer</p><iframe src=/cross></iframe>",
  "/popup": "<p>Outer</p><button onclick=\"window.open('/widgets')\">Open</button>",
  "/form": form,
  "/framed-form": `<iframe src=http://${other}/form width=600 height=400></iframe>`,
  "/first": "<a href=/second>Next</a>",
  "/second": "<p>Second page</p>",
  "/frozen": "<p>busy</p><script>setTimeout(()=>{for(;;);},200)</script>",
};

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = createServer((request, response) => {
    const content = pages[new URL(request.url ?? "/", "http://x").pathname];
    response.writeHead(content === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><body>${content ?? "none"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath: (await findChromium(undefined)).path,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [`--host-resolver-rules=MAP ${host}:80 ${at}, MAP ${other}:80 ${at}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`],
  });
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

async function onPage(
  path: string,
  test: (port: PagePort, page: Page, signal: AbortSignal) => Promise<void>,
  answerWithinMs?: number,
): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const over = new AbortController();
  try {
    const port = await createPlaywrightPage({
      context,
      page: () => context.pages().at(-1) ?? page,
      allow: [host, other],
      captures: [],
      now: () => new Date(),
      signal: over.signal,
      ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
    });
    expect(await port.open(`http://${host}${path}`, over.signal)).toBeNull();
    await test(port, page, over.signal);
  } finally {
    over.abort();
    await context.close();
  }
}

/** Looked for again with every change, as the runner does. */
async function appears(port: PagePort, locator: Locator, signal: AbortSignal): Promise<boolean> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
  for (;;) {
    const { revision } = port.observe();
    if (await port.find(locator)) return true;
    await port.changed(revision, until).catch(() => {
      throw new Error(`${JSON.stringify(locator)} does not appear on ${port.observe().url}`);
    });
  }
}

const seen: [string, Locator][] = [
  ["a role", { role: "dialog" }],
  ["a role and its name, in any case", { role: "heading", name: "your ACCOUNTS" }],
  ["a role and a regex", { role: "button", name: "/^weiter/i" }],
  ["a label", { label: "User name" }],
  ["an aria-label by regex", { label: "/^Search/" }],
  ["a text with folded white space", { text: "weiter zur übersicht" }],
  ["a text by regex with letters of any language", { text: "/\\p{Lu}bersicht$/" }],
  ["a regex with odd characters", { text: `/Jane's “50% \\[off\\] \\(now\\)” a\\/b > c >> d/` }],
  ["a role whose name has odd characters", { role: "heading", name: `/'s “50% .* c >> d$/` }],
  ["a plain text with odd characters", { text: "Jane's “50% [off] (now)” a/b > c >> d" }],
  ["a test id", { testId: "go" }],
  ["css", { css: "button.btn.go" }],
  ["the second of alternatives", { any: [{ text: "not here" }, { css: "h1" }] }],
];
const unseen: [string, Locator][] = [
  ["what is not displayed", { text: "Locked out" }],
  ["what is invisible", { role: "button", name: "Ghost" }],
  ["another case in a regex without i", { text: "/YOUR accounts/" }],
  ["a part of a test id", { testId: "g" }],
  ["none of the alternatives", { any: [{ text: "not here" }, { css: ".gone" }] }],
];

describe("what a tree sees", () => {
  it.each(["/widgets", "/same", "/cross", "/nested"])("is found on %s by every form", (path) =>
    onPage(path, async (port, _page, signal) => {
      await appears(port, { css: "h1" }, signal);
      for (const [what, locator] of seen) expect(await port.find(locator), what).toBe(true);
      for (const [what, locator] of unseen) expect(await port.find(locator), what).toBe(false);
      expect(await port.text({ css: "h1" })).toBe("Your accounts");
    }),
  );

  it("is the window on top, and the one below when that closes", () =>
    onPage("/popup", async (port, page, signal) => {
      await appears(port, { text: "Outer" }, signal);
      expect(await port.act({ click: { role: "button", name: "Open" } }, signal)).toBe(true);
      await appears(port, { css: "h1" }, signal);
      for (const [what, locator] of seen) expect(await port.find(locator), what).toBe(true);
      expect(await port.find({ text: "Outer" })).toBe(false);
      expect(new URL(port.observe().url).pathname).toBe("/widgets");
      await page.context().pages().at(-1)?.close();
      await appears(port, { text: "Outer" }, signal);
    }));

  it("ends as a platform that does not answer when the page has hung itself", () =>
    onPage(
      "/frozen",
      async (port, _page, signal) => {
        await appears(port, { text: "busy" }, signal);
        const looking = (async () => {
          for (;;) await port.find({ text: "anything" });
        })();
        await expect(looking).rejects.toMatchObject({ code: "PLATFORM_TIMEOUT" });
      },
      1_000,
    ));
});

describe("what a tree does", () => {
  it.each(["/form", "/framed-form"])("happens on %s, and is false where it cannot", (path) =>
    onPage(path, async (port, _page, signal) => {
      await appears(port, { role: "button", name: "Save" }, signal);
      const does = async (action: PageAction, logged: string) => {
        expect(await port.act(action, signal), logged).toBe(true);
        expect(await appears(port, { css: "#log" }, signal)).toBe(true);
        await expect.poll(() => port.text({ css: "#log" })).toContain(logged);
      };
      await does({ click: { any: [{ text: "not here" }, { role: "button", name: "Save" }] } }, "clicked");
      await does({ type: { at: { label: "Name" }, text: "Jane" } }, "typed:Jane");
      // The user's own words, key by key, in the place of what is there.
      expect(await port.enter({ label: "Name" }, "Zoë 🙂", signal)).toBe(true);
      await expect.poll(() => port.text({ css: "#log" })).toContain("key:Z typed:Z key:o typed:Zo");
      await expect.poll(() => port.text({ css: "#log" })).toContain("typed:Zoë 🙂");
      expect(await port.enter({ label: "Nowhere" }, "Zoë", signal)).toBe(false);
      await does({ select: { at: { label: "Kind" }, option: "Savings" } }, "chose:Savings");
      await does({ press: "Enter" }, "key:Enter");
      await does({ press: "Shift+Tab" }, "key:Shift+Tab");
      await does({ scroll: { to: { text: "The end" } } }, "down");
      expect(await port.act({ click: { role: "button", name: "Nowhere" } }, signal)).toBe(false);
      expect(await port.act({ click: { role: "button", name: "Later" } }, signal)).toBe(false);
      expect(await port.act({ select: { at: { label: "Kind" }, option: "Pension" } }, signal)).toBe(false);
    }),
  );

  it("scrolls to the bottom and to the top, goes on and back", () =>
    onPage("/form", async (port, page, signal) => {
      await appears(port, { css: "#end" }, signal);
      expect(await port.act({ scroll: "bottom" }, signal)).toBe(true);
      await expect.poll(() => page.evaluate<number>("scrollY")).toBeGreaterThan(1_000);
      expect(await port.act({ scroll: "top" }, signal)).toBe(true);
      await expect.poll(() => page.evaluate<number>("scrollY")).toBe(0);

      await port.open(`http://${host}/first`, signal);
      await appears(port, { text: "Next" }, signal);
      await port.act({ click: { role: "link", name: "Next" } }, signal);
      await appears(port, { text: "Second page" }, signal);
      expect(await port.act({ back: true }, signal)).toBe(true);
      await appears(port, { text: "Next" }, signal);
    }));
});

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
  "/accounts": `<table>
<thead><tr><th colspan=2>Account</th><th colspan=2>Balances</th></tr><tr><th>Name</th><th>Kind</th><th>Opening balance</th><th>Balance</th></tr></thead>
<tbody><tr><th scope=row>Main<td>CHK<td>1<td>2</tr><tr><th scope=row>Nest<td>SAV<td>3<td>4</tr></tbody></table>
<div role=table><div role=row class=h><span role=columnheader>Day</span><span role=columnheader>Sum</span></div>
<div role=row class=r><span role=cell>Mon</span><span role=cell>5</span></div></div>`,
  "/profile": `<label>Name <input id=a value=served></label><input id=b readonly value="DE89">
<select id=c><option value=1>Checking<option value=2 selected>Savings</select><textarea id=d>notes</textarea>
<input id=e type=password value=hunter2><input id=f type=hidden value=token><input id=g type=checkbox value=on>
<label>Password <input id=h type=text value=shown></label><input id=i autocomplete=one-time-code value=123456>
<input id=j name=cvv value=999><input id=k type=text name=passportNumber value=X1><p id=l>no field</p>
<script>document.querySelector('#a').value='typed'</script>`,
  "/calls":
    "<script>fetch('/api/q?operation=accounts',{method:'POST',body:'{}'});fetch('/api/q?operation=ads');fetch('/api/refused').catch(()=>0)</script>",
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
    if (path === "/api/q")
      return response.writeHead(200).end(`${request.method} ${new URL(request.url ?? "/", "http://x").search}`);
    if (path === "/api/refused") return response.writeHead(403, { "content-type": "text/html" }).end("<h1>No</h1>");
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
  const captures = [
    ...["/api/a", "/api/big", "/api/refused"].map((url) => ({ method: "GET", url })),
    { method: "POST", match: "/operation=acc/" },
    { method: "GET", match: "/\\?operation=(acc|ads)$/" },
    { method: "GET", url: `https://${host}/api/q` },
  ];
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
      // Told apart from one that never came, and not kept.
      await until(pagePort, signal, async () => pagePort.response({ method: "GET", url: "/api/big" }, -1) !== null);
      expect(pagePort.response({ method: "GET", url: "/api/big" }, -1)).toMatchObject({ status: 200, body: null });
      expect(await pagePort.readElements("table tr", [{ cell: 2 }, { cell: 3 }])).toEqual([
        ["one", null],
        ["two", null],
      ]);
    }));

  it("reads a row's cells by number and by the words over them", () =>
    withPort(async (pagePort, _page, signal) => {
      await pagePort.open(url("/accounts"), signal);
      await until(pagePort, signal, () => pagePort.find({ css: ".r" }));
      const cells = [1, "Kind", "balance", "/^opening/i", "IBAN"].map((cell) => ({ cell }));
      expect(await pagePort.readElements("tbody tr", cells)).toEqual([
        ["Main", "CHK", "2", "1", null],
        ["Nest", "SAV", "4", "3", null],
      ]);
      expect(await pagePort.readElements(".r", [{ cell: "Sum" }, { cell: "Day" }, { css: "span" }])).toEqual([
        ["5", "Mon", "Mon"],
      ]);
    }));

  it("reads what fields show, and nothing of those that are secret", () =>
    withPort(async (pagePort, _page, signal) => {
      await pagePort.open(url("/profile"), signal);
      await until(pagePort, signal, () => pagePort.find({ css: "#l" }));
      const [values] = await pagePort.readElements(
        null,
        "abcdefghijkl".split("").map((id) => ({ css: `#${id}`, attr: "value" })),
      );
      expect(values).toEqual(["typed", "DE89", "Savings", "notes", null, null, null, null, null, null, "X1", null]);
    }));

  it("captures by method, glob and regex, also what the site refuses", () =>
    withPort(async (pagePort, _page, signal) => {
      await pagePort.open(url("/calls"), signal);
      const bodyOf = (request: Parameters<PagePort["response"]>[0]) => pagePort.response(request, -1)?.body ?? null;
      await until(pagePort, signal, async () => bodyOf({ method: "GET", url: "/api/refused" }) !== null);
      await until(pagePort, signal, async () => bodyOf({ method: "POST", match: "/operation=acc/" }) !== null);
      expect(bodyOf({ method: "POST", match: "/operation=acc/" })).toBe("POST ?operation=accounts");
      await until(pagePort, signal, async () => bodyOf({ method: "GET", match: "/\\?operation=(acc|ads)$/" }) !== null);
      expect(bodyOf({ method: "GET", match: "/\\?operation=(acc|ads)$/" })).toBe("GET ?operation=ads");
      expect(pagePort.response({ method: "GET", url: "/api/refused" }, -1)).toMatchObject({
        status: 403,
        body: "<h1>No</h1>",
      });
      expect(bodyOf({ method: "GET", url: `https://${host}/api/q` })).toBe("GET ?operation=ads");
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

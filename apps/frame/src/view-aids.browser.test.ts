import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright";
import { FrameServer, type FrameServerOptions } from "../test-support/frame-server.ts";
import { launchViewer } from "../test-support/launch-viewer.ts";
import { png } from "../test-support/png.ts";

let browser: Browser;
let context: BrowserContext;
let page: Page;
let server: FrameServer;

beforeAll(async () => {
  browser = await launchViewer();
});
afterAll(() => browser.close());
afterEach(async () => {
  await context.close();
  await server.close();
});

const live = { status: "AWAITING_USER", streamable: true, progress: 40 } as const;

async function open(options: FrameServerOptions = {}): Promise<void> {
  server = await FrameServer.start({ ...options, view: { ...live, ...options.view } });
  context = await browser.newContext({ viewport: { width: 900, height: 700 } });
  page = await context.newPage();
}

async function showLive(): Promise<void> {
  await page.goto(server.embedUrl());
  await server.until(() => server.streaming);
  server.say({ type: "control", enabled: true });
  drawWhite();
  await page.locator("[data-screen=live] canvas").waitFor();
}

function drawWhite(): void {
  server.drawWhole(
    400,
    300,
    png(400, 300, () => [255, 255, 255]),
  );
}

async function drawn(wanted: number): Promise<void> {
  drawWhite();
  await server.message("ack", ({ seq }) => seq === wanted);
}

describe("the quality of the link", () => {
  it("is said only while it is not good", async () => {
    await open();
    await page.clock.install();
    await showLive();
    const mark = page.locator(".window-bar .link");
    expect(await mark.textContent()).toBe("Live");
    server.pongMs = 300;
    await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    await page.clock.runFor(3_100);
    expect(await mark.textContent()).toContain("Very slow connection");
    server.pongMs = 0;
    // In small steps, because the answers do not take part in the page's time.
    for (let steps = 0; (await mark.textContent()) !== "Live"; steps += 1) {
      expect(steps).toBeLessThan(150);
      await page.clock.runFor(100);
    }
  });
});

describe("a page that slept", () => {
  it("finds out that its connection is dead, and comes back with a new picture and control", async () => {
    await open();
    await page.clock.install();
    await showLive();
    // Open by name only: nothing is answered any more, and nobody says goodbye.
    server.pongMs = null;
    await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    await page.clock.runFor(9_000);
    await server.until(() => server.opened === 2);
    server.pongMs = 0;
    server.say({ type: "control", enabled: true });
    drawWhite();
    await page.locator(".link-connected").waitFor();
    await page.locator(".veil").waitFor({ state: "detached" });
    expect(server.requests.filter((request) => request === "GET events")).toHaveLength(2);
  });

  it("asks for the whole picture when its canvas was forgotten", async () => {
    await open();
    await showLive();
    await page.locator("canvas").dispatchEvent("contextrestored");
    await server.message("keyframe");
  });

  it("keeps a connection that lived through it, however often it is hidden and shown", async () => {
    await open();
    await page.clock.install();
    await showLive();
    for (let turn = 0; turn < 3; turn += 1) {
      await page.evaluate(() => {
        Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      // Longer than it may be hidden unasked, shorter than an answer may take.
      await page.clock.fastForward(16_000);
      await page.evaluate(() => {
        Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      // Awake it asks whether somebody is there. Its clock must not go on before it has heard: an acknowledgement comes after
      // the question, and a picture after the answer.
      await drawn(2 + 2 * turn);
      await server.until(() => server.unanswered === 0);
      await drawn(3 + 2 * turn);
    }
    expect(server.opened).toBe(1);
  });
});

describe("another device", () => {
  it("is offered a code and a link, goes on with them once the user says so, and the first page waits and takes it back", async () => {
    await open();
    await showLive();
    await page.getByRole("button", { name: "Use another device" }).click();
    await page.getByRole("img", { name: "Code to scan" }).waitFor();
    const url = await page.getByRole("textbox", { name: "Link for the other device" }).inputValue();

    const phone = await browser.newContext({ viewport: { width: 390, height: 800 } });
    try {
      const there = await phone.newPage();
      await there.goto(url);
      const goOn = there.getByRole("button", { name: "Continue here" });
      await goOn.waitFor();
      expect(server.requests).not.toContain("POST take-over");
      await goOn.click();
      await there.locator(".shell-live, .shell-waiting").waitFor();
      expect(there.url()).toBe(`${server.origin}/verify/${server.sessionId}`);
      const late = await phone.newPage();
      await late.goto(`${server.origin}/verify/${server.sessionId}`);
      await late.locator(".shell-live, .shell-waiting").waitFor();
    } finally {
      await phone.close();
    }

    server.show({ handOver: { elsewhere: true, returnable: false, offered: false } });
    await page.locator("[data-screen=elsewhere]").waitFor();
    await server.until(() => !server.streaming);
    expect(await page.locator("dialog").count()).toBe(0);
    server.show({ handOver: { elsewhere: true, returnable: false, offered: true } });
    const streams = server.opened;
    await page.getByRole("button", { name: "Continue here" }).click();
    await server.until(() => server.opened === streams + 1);
  });

  it("is told when the link is worth nothing any more", async () => {
    await open();
    await page.goto(`${server.origin}/verify/${server.sessionId}?handover=spent`);
    await page.getByRole("button", { name: "Continue here" }).click();
    await page.locator("[data-screen=refused-linkUsed]").waitFor();
  });
});

describe("what ends the session by itself", () => {
  it("is said quietly, then loudly with a way to stay, and to screen readers at steps only", async () => {
    await open();
    await page.clock.install();
    await showLive();
    const at = await page.evaluate(() => new Date(Date.now() + 62_500).toISOString());
    server.say({ type: "expiring", deadline: { kind: "idle", at } });
    expect(await page.locator(".ending").count()).toBe(0);
    await page.clock.runFor(3_000);
    await page.locator(".ending-quiet").waitFor();
    const spoken = () => page.locator(".top-bar [role=status]").textContent();
    expect(await spoken()).toContain("Are you still there?: 1 minute");
    await page.clock.runFor(15_000);
    expect(await spoken()).toContain("1 minute");
    await page.clock.runFor(15_000);
    expect(await spoken()).toContain("30 seconds");
    await page.locator(".ending-near").getByRole("button", { name: "I’m still here" }).click();
    await server.message("stay");
    const later = await page.evaluate(() => new Date(Date.now() + 120_000).toISOString());
    server.say({ type: "expiring", deadline: { kind: "idle", at: later } });
    await page.locator(".ending").waitFor({ state: "detached" });
    expect(await spoken()).toBe("");
  });

  it("is the browser's patience while the line is broken, and is forgotten when it is back", async () => {
    await open({ view: { viewerGraceMs: 20_000 } });
    await showLive();
    server.faults.set("stream-ticket", "storage_unavailable");
    server.cutStream();
    await page.locator(".ending-near[data-ending=grace]").waitFor();
    server.faults.clear();
    await server.until(() => server.opened === 2);
    drawWhite();
    await page.locator(".ending").waitFor({ state: "detached" });
  });
});

describe("the page for screen readers", () => {
  it("is made of real elements, asked for by a button that only the keyboard finds, and acts on the live page", async () => {
    await open();
    await showLive();
    const opener = page.getByRole("button", { name: "Read the page here" });
    expect((await opener.boundingBox())?.width).toBeLessThan(2);
    await opener.focus();
    await page.keyboard.press("Enter");
    await server.message("ariaWatch", ({ on }) => on);
    server.say({
      type: "aria",
      nodes: [
        { id: 0, depth: 0, role: "region", name: "" },
        { id: 0, depth: 1, role: "heading", name: "Log in", level: 1 },
        { id: 5, depth: 1, role: "textbox", name: "User", value: "jane", states: ["required", "invalid"] },
        { id: 6, depth: 1, role: "textbox", name: "Password", states: ["secret"] },
        { id: 7, depth: 1, role: "checkbox", name: "Remember me", states: ["checked"] },
        { id: 0, depth: 1, role: "alert", name: "" },
        { id: 0, depth: 2, role: "text", name: "Wrong password" },
        { id: 8, depth: 1, role: "link", name: "Help" },
        { id: 9, depth: 1, role: "button", name: "Send" },
      ],
    });
    const reader = page.getByRole("region", { name: "Page of Demo Bank, for reading" });
    await reader.getByRole("heading", { name: "Log in", level: 1 }).waitFor();
    expect(await reader.getByRole("alert").textContent()).toContain("Wrong password");
    expect(await reader.getByRole("checkbox", { name: "Remember me" }).getAttribute("aria-checked")).toBe("true");
    const user = reader.getByRole("textbox", { name: "User" });
    expect([await user.inputValue(), await user.getAttribute("aria-invalid")]).toEqual(["jane", "true"]);
    await reader.getByRole("button", { name: "Send" }).focus();
    await page.keyboard.press("Enter");
    expect(await server.message("ariaAct")).toEqual({ type: "ariaAct", id: 9, action: "press" });
    await reader.getByRole("textbox", { name: "Password" }).focus();
    await page.keyboard.press("Enter");
    expect(await server.message("ariaAct", ({ action }) => action === "focus")).toMatchObject({ id: 6 });
    await page.getByText("What you type goes to Password.").waitFor({ state: "attached" });
    const from = server.received.length;
    await page.keyboard.press("a");
    expect((await server.message("key", () => true, from)).key).toBe("a");
    // It costs the worker: a page that is not read any more says so.
    await opener.or(page.getByRole("button", { name: "Stop reading the page here" })).focus();
    await page.keyboard.press("Enter");
    await server.message("ariaWatch", ({ on }) => !on);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright";
import { viewerCloseCodes } from "@attestream/shared/viewer-protocol";
import { FrameServer, type FrameServerOptions } from "../test-support/frame-server.ts";
import { launchViewer } from "../test-support/launch-viewer.ts";
import { png } from "../test-support/png.ts";

let browser: Browser;
let context: BrowserContext;
let page: Page;
let server: FrameServer;
const violations: string[] = [];

beforeAll(async () => {
  browser = await launchViewer();
});
afterAll(() => browser.close());
beforeEach(() => {
  violations.length = 0;
});
afterEach(async () => {
  await context.close();
  await server.close();
  expect(violations).toEqual([]);
});

/** Red, green / blue, white quarters. */
function quarters(width: number, height: number): Uint8Array {
  return png(width, height, (x, y) =>
    y < height / 2 ? (x < width / 2 ? [255, 0, 0] : [0, 255, 0]) : x < width / 2 ? [0, 0, 255] : [255, 255, 255],
  );
}

async function open(options: FrameServerOptions = {}, viewer: BrowserContextOptions = {}): Promise<void> {
  server = await FrameServer.start(options);
  context = await browser.newContext({ viewport: { width: 900, height: 700 }, ...viewer });
  page = await context.newPage();
  page.on("pageerror", (error) => violations.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
  });
  await page.goto(server.embedUrl());
}

const live = { status: "AWAITING_USER", streamable: true, progress: 40 } as const;

/** The page with a drawn picture of this size and control over it. */
async function openLive(
  width = 800,
  height = 600,
  viewer: BrowserContextOptions = {},
  options: FrameServerOptions = {},
): Promise<void> {
  await open({ view: live, ...options }, viewer);
  await server.until(() => server.streaming);
  server.say({ type: "control", enabled: true });
  server.say({ type: "location", host: "bank.demo.test", secure: true, loading: false });
  server.drawWhole(width, height, quarters(width, height));
  await page.locator("[data-screen=live] canvas").waitFor();
  await page.locator(".veil").waitFor({ state: "detached" });
}

function pixel(x: number, y: number): Promise<number[]> {
  return page
    .locator("canvas")
    .evaluate(
      (canvas, [px, py]) =>
        [...(canvas as HTMLCanvasElement).getContext("2d")!.getImageData(px!, py!, 1, 1).data].slice(0, 3),
      [x, y],
    );
}

/** Puts the keyboard on the live page. */
async function focusPage(): Promise<void> {
  await page.locator(".keyboard-target").focus();
}

describe("opening", () => {
  it("redeems the token once, takes it out of the address and survives a reload", async () => {
    await open({ view: { status: "INITIALIZING" } });
    await page.locator("[data-screen=waiting-browser]").waitFor();
    expect(page.url()).toBe(`${server.origin}/verify/${server.sessionId}`);
    await page.reload();
    await page.locator("[data-screen=waiting-browser]").waitFor();
    expect(server.requests.filter((request) => request === "POST exchange")).toHaveLength(1);
    expect(server.requests).toContain("POST resume");
  });

  it("resumes with the tab's secret where cookies are blocked", async () => {
    await open({ view: { status: "INITIALIZING" }, cookies: false });
    await page.locator("[data-screen=waiting-browser]").waitFor();
    await page.reload();
    await page.locator("[data-screen=waiting-browser]").waitFor();
  });

  it("works where storage throws, for as long as the page lives", async () => {
    server = await FrameServer.start({ view: { status: "INITIALIZING" }, cookies: false });
    context = await browser.newContext();
    page = await context.newPage();
    await page.addInitScript(() => {
      Object.defineProperty(window, "sessionStorage", {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    });
    await page.goto(server.embedUrl());
    await page.locator("[data-screen=waiting-browser]").waitFor();
    server.show({ status: "VERIFYING" });
    await page.locator("[data-screen=verifying]").waitFor();
  });

  it("says that a link was used, and that the page is unknown to the session", async () => {
    await open({ view: { status: "INITIALIZING" } });
    await page.locator("[data-screen=waiting-browser]").waitFor();
    const other = await (await browser.newContext()).newPage();
    const used = new URL(server.embedUrl());
    used.searchParams.set("token", "used");
    await other.goto(used.href);
    await other.locator("[data-screen=refused-linkUsed]").waitFor();
    await other.goto(`${server.origin}/verify/${server.sessionId}`);
    await other.locator("[data-screen=refused-cookiesAndLinkMissing]").waitFor();
    await other.context().close();
  });

  it("keeps trying while the service does not answer", async () => {
    server = await FrameServer.start({ view: { status: "INITIALIZING" } });
    server.faults.set("exchange", "storage_unavailable");
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(server.embedUrl());
    await page.locator("[data-screen=opening-busy]").waitFor();
    await page.getByRole("button", { name: "Try now" }).waitFor();
    server.faults.delete("exchange");
    await page.locator("[data-screen=waiting-browser]").waitFor();
  });
});

describe("consent", () => {
  const asked = {
    consent: { required: true, given: false, fields: ["Account holder"] },
    status: "CONNECTED",
    streamable: true,
  } as const;

  it("connects the stream meanwhile, and goes on when the user agrees", async () => {
    await open({ view: { ...asked, consent: { ...asked.consent, fields: [...asked.consent.fields] } } });
    await page.locator("[data-screen=consent]").waitFor();
    await server.until(() => server.streaming);
    await page.getByRole("button", { name: "Agree and continue" }).click();
    await page.locator("[data-screen=waiting-stream]").waitFor();
  });

  it("asks for answers where only answers are passed on", async () => {
    const questions = [
      { about: "Balance (amount)", is: ">=" as const, value: 1500 },
      { about: "Member since", is: "<" as const, value: "2020-01-01" },
    ];
    await open({ view: { ...asked, consent: { ...asked.consent, fields: [], questions } } });
    const card = page.locator(".consent-card").first();
    await card.getByText("Balance (amount): 1500 or more?").waitFor();
    await card.getByText("Member since: earlier than 2020-01-01?").waitFor();
    await card.getByText("receives yes or no to").waitFor();
    await page.locator(".consent-never").getByText("The values that these questions are about").waitFor();
  });

  it("ends the session when the user declines", async () => {
    await open({ view: { ...asked, consent: { ...asked.consent, fields: [...asked.consent.fields] } } });
    await page.getByRole("button", { name: "Decline" }).click();
    await page.locator("[data-screen=declined]").waitFor();
    await server.until(() => !server.streaming);
  });
});

describe("the picture", () => {
  it("is drawn and acknowledged, changes in order of seq", async () => {
    await openLive();
    await server.message("ack", ({ seq }) => seq === 1);
    expect(await pixel(100, 100)).toEqual([255, 0, 0]);
    server.draw({
      width: 800,
      height: 600,
      key: false,
      rectangles: [{ x: 64, y: 64, width: 64, height: 64, image: png(64, 64, () => [9, 8, 7]) }],
    });
    server.draw({
      width: 800,
      height: 600,
      key: false,
      shift: { x: 80, y: 40, width: 720, height: 500, dy: 100 },
      rectangles: [{ x: 80, y: 40, width: 720, height: 100, image: png(8, 1, () => [1, 2, 3]) }],
    });
    await server.message("ack", ({ seq }) => seq === 3);
    expect(await pixel(100, 50)).toEqual([1, 2, 3]);
    expect(await pixel(100, 200)).toEqual([9, 8, 7]);
    // Beside the region and above it nothing moved.
    expect(await pixel(70, 100)).toEqual([9, 8, 7]);
    expect(await pixel(70, 200)).toEqual([255, 0, 0]);
    expect(await pixel(100, 30)).toEqual([255, 0, 0]);
    server.draw({
      width: 800,
      height: 600,
      key: false,
      shift: { x: 80, y: 40, width: 720, height: 500, dy: -60 },
      rectangles: [],
    });
    await server.message("ack", ({ seq }) => seq === 4);
    expect(await pixel(100, 110)).toEqual([9, 8, 7]);
    expect(await pixel(100, 170)).toEqual([255, 0, 0]);
    expect(await pixel(100, 20)).toEqual([255, 0, 0]);
    expect(server.received.filter(({ type }) => type === "ack")).toEqual(
      [1, 2, 3, 4].map((seq) => ({ type: "ack", seq })),
    );
  });

  it("that cannot be decoded is acknowledged all the same, and a key picture asked for", async () => {
    await openLive();
    const bad = server.drawWhole(800, 600, new Uint8Array([1, 2, 3]));
    await server.message("ack", ({ seq }) => seq === bad);
    await server.message("keyframe");
  });

  it("that can never be decoded ends the connection and says so, instead of trying for ever", async () => {
    await openLive();
    for (const opened of [2, 3]) {
      for (let bad = 0; bad < 6; bad += 1) server.drawWhole(800, 600, new Uint8Array([1, 2, 3]));
      if (opened === 2) await server.until(() => server.opened === opened && server.streaming);
    }
    await page.getByText("The picture stopped").waitFor();
  });

  it("makes the page as large as the place for it, again after a change", async () => {
    await openLive();
    const size = await page
      .locator(".glass")
      .evaluate((glass) => ({ width: glass.clientWidth, height: glass.clientHeight }));
    await server.message("resize", ({ width, height }) => width === size.width && height === size.height);
    await page.setViewportSize({ width: 390, height: 844 });
    await server.message("resize", ({ width, height }) => width === 390 && height > 500);
  });

  it.each([
    [1320, 960],
    [900, 700],
    [390, 844],
  ])("is asked for about as large as it will be in %i x %i, and stays so when a turn begins", async (width, height) => {
    await openLive(800, 600, { viewport: { width, height } });
    const size = () => page.locator(".glass").evaluate((glass) => [glass.clientWidth, glass.clientHeight]);
    const before = await size();
    const instructions = "Log in.";
    server.say({ type: "challenge", challenge: { id: "c1", kind: "login", instructions, fields: [], canContinue: false, expiresAt: new Date(Date.now() + 60_000).toISOString() } }); // prettier-ignore
    await page.locator(".turn-text").waitFor();
    expect(await size()).toEqual(before);
    const asked = await server.message("resize");
    expect(asked.width).toBe(before[0]);
    expect(Math.abs(asked.height - before[1]!)).toBeLessThan(8);
  });

  it("is as fine as the screen, also when that becomes another", async () => {
    await openLive(858, 500, { deviceScaleFactor: 2 });
    await server.message("resize", ({ ratio }) => ratio === 2);
    const display = await page.context().newCDPSession(page);
    await display.send("Emulation.setDeviceMetricsOverride", { width: 900, height: 760, deviceScaleFactor: 1.5, mobile: false }); // prettier-ignore
    await server.message("resize", ({ ratio, width }) => ratio === 1.5 && width > 800);
  });
});

describe("input", () => {
  it.each([
    ["as large as the page", 858, 500, 1],
    ["larger, for a fine display", 1716, 1000, 2],
    ["narrow, with bars beside it", 400, 800, 1],
    ["flat, with a bar below", 1280, 300, 3],
  ])("of the pointer is right on a picture that is %s", async (_name, width, height, deviceScaleFactor) => {
    await openLive(width, height, { deviceScaleFactor });
    const box = (await page.locator("canvas").boundingBox())!;
    const scale = Math.min(box.width / width, box.height / height);
    const left = (box.width - width * scale) / 2;
    for (const [x, y] of [
      [0.1, 0.1],
      [0.5, 0.5],
      [0.95, 0.9],
    ] as const) {
      const from = server.received.length;
      await page.mouse.click(box.x + left + x * width * scale, box.y + y * height * scale);
      const down = await server.message("pointer", ({ action }) => action === "down", from);
      expect(Math.abs(down.x - x * width)).toBeLessThan(2 / scale);
      expect(Math.abs(down.y - y * height)).toBeLessThan(2 / scale);
      expect(down).toMatchObject({ button: "left", buttons: 1, clickCount: 1 });
      await server.message("pointer", ({ action }) => action === "up", from);
    }
  });

  it("of double clicks, other buttons, drags beyond the edge and the wheel arrives", async () => {
    await openLive(858, 500);
    const box = (await page.locator("canvas").boundingBox())!;
    await page.mouse.dblclick(box.x + 50, box.y + 50);
    await server.message("pointer", ({ action, clickCount }) => action === "up" && clickCount === 2);
    await page.mouse.click(box.x + 90, box.y + 90, { button: "right" });
    await server.message(
      "pointer",
      ({ action, button, buttons }) => action === "down" && button === "right" && buttons === 2,
    );
    await page.mouse.move(box.x + 20, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x - 15, box.y + 40);
    const from = server.received.length;
    await page.mouse.up();
    expect(await server.message("pointer", ({ action }) => action === "up", from)).toMatchObject({ x: 0, buttons: 0 });
    await page.mouse.move(box.x + 60, box.y + 60);
    await page.mouse.wheel(0, 120);
    expect(await server.message("wheel")).toMatchObject({ deltaX: 0, deltaY: 120 });
  });

  it("of the keyboard arrives as keys, Tab among them", async () => {
    await openLive();
    await focusPage();
    await page.keyboard.type("aZ");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+a");
    await server.message("key", ({ key, action, modifiers }) => key === "a" && action === "up" && modifiers === 2);
    const keys = server.received.flatMap((message) =>
      message.type === "key" && message.action === "down" ? [message.key] : [],
    );
    expect(keys).toEqual(["a", "Z", "Tab", "Control", "a"]);
  });

  it("of a paste and of an input method arrives as text", async () => {
    await openLive();
    await focusPage();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "grüße 👋\nzwei");
      document.activeElement!.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, cancelable: true, bubbles: true }),
      );
    });
    expect(await server.message("text")).toEqual({ type: "text", text: "grüße 👋\nzwei" });
    const devtools = await context.newCDPSession(page);
    await devtools.send("Input.imeSetComposition", { text: "かんじ", selectionStart: 3, selectionEnd: 3 });
    await devtools.send("Input.insertText", { text: "漢字" });
    await server.message("text", ({ text }) => text === "漢字");
    expect(server.received.filter(({ type }) => type === "text")).toHaveLength(2);
  });

  it("stops while the page is not the user's, and the veil says so", async () => {
    await openLive();
    server.say({ type: "control", enabled: false });
    await page.getByText("Working on it").waitFor();
    const from = server.received.length;
    await focusPage();
    await page.keyboard.type("secret");
    const box = (await page.locator("canvas").boundingBox())!;
    await page.mouse.click(box.x + 5, box.y + 5);
    server.say({ type: "control", enabled: true });
    await page.locator(".veil").waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await server.message("key", ({ key, action }) => key === "Enter" && action === "up");
    expect(
      server.received.slice(from).filter(({ type }) => type === "key" || type === "text" || type === "pointer"),
    ).toHaveLength(2);
  });

  it("of fingers arrives as touches, and a focused field opens the right keyboard", async () => {
    await openLive(390, 600, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const field = {
      inputMode: "numeric",
      secret: true,
      multiline: false,
      enterKeyHint: "done",
      autocapitalize: "off",
      autocomplete: "off",
      x: 10,
      y: 10,
      width: 100,
      height: 30,
    } as const;
    server.say({ type: "focus", field });
    await page.getByRole("button", { name: "Show keyboard" }).waitFor();
    server.say({ type: "focus", field: null });
    const box = (await page.locator("canvas").boundingBox())!;
    await page.touchscreen.tap(box.x + 100, box.y + 100);
    await server.message("touch", ({ action, points }) => action === "start" && points.length === 1);
    await server.message("touch", ({ action, points }) => action === "end" && points.length === 0);
    server.say({ type: "focus", field });
    const target = page.locator(".keyboard-target:focus");
    await target.waitFor({ state: "attached" });
    expect(await target.getAttribute("inputmode")).toBe("numeric");
    expect(await target.getAttribute("type")).toBe("password");
    server.say({ type: "focus", field: null });
    await target.waitFor({ state: "detached" });
  });

  it("leaves the page on Escape twice; the first goes to the page", async () => {
    await openLive();
    await focusPage();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    const back = page.getByRole("button", { name: "Back to typing on the page" });
    await back.waitFor();
    expect(await back.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(
      server.received.filter(
        (message) => message.type === "key" && message.key === "Escape" && message.action === "down",
      ),
    ).toHaveLength(1);
    await page.keyboard.press("Shift+Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Read the page here");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("x");
    await server.message("key", ({ key }) => key === "x");
  });

  it("shows a known cursor only", async () => {
    await openLive();
    server.say({ type: "cursor", cursor: "text" });
    await page.waitForFunction(() => document.querySelector("canvas")!.style.cursor === "text");
    server.say({ type: "cursor", cursor: "url(https://x.test)" });
    await page.waitForFunction(() => document.querySelector("canvas")!.style.cursor === "default");
  });
});

describe("your turn", () => {
  const challenge = {
    id: "c1",
    kind: "unknown",
    instructions: "Please do what the page asks.",
    fields: [],
    canContinue: true,
  } as const;

  it("shows instructions, the site's error, the time left, and answers", async () => {
    await openLive();
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    server.say({ type: "challenge", challenge: { ...challenge, expiresAt, fields: [], websiteError: "Wrong code" } });
    await page.locator(".turn-text").getByText("Please do what the page asks.").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("Wrong code");
    expect(await page.getByRole("timer").textContent()).toMatch(/\d:\d\d/);
    await page.getByRole("button", { name: "Continue" }).click();
    expect(await server.message("challengeReply")).toEqual({ type: "challengeReply", challengeId: "c1" });
    server.say({
      type: "challenge",
      challenge: {
        ...challenge,
        expiresAt,
        id: "c2",
        kind: "choice",
        canContinue: false,
        fields: [],
        choices: [{ id: "b", label: "Savings" }],
      },
    });
    await page.getByRole("button", { name: "Savings" }).click();
    expect(await server.message("challengeReply", ({ challengeId }) => challengeId === "c2")).toMatchObject({
      choice: "b",
    });
  });
});

describe("a lost line", () => {
  it("is opened again with a new ticket, and goes on with a new picture", async () => {
    await openLive();
    server.cutStream();
    await server.until(() => server.opened === 2 && server.streaming);
    const from = server.received.length;
    server.say({ type: "control", enabled: true });
    const seq = server.drawWhole(
      800,
      600,
      png(800, 600, () => [5, 6, 7]),
    );
    await server.message("ack", (message) => message.seq === seq, from);
    expect(await pixel(400, 300)).toEqual([5, 6, 7]);
    await page.locator(".veil").waitFor({ state: "detached" });
  });

  it("shows why, and lets the user hurry", async () => {
    await openLive();
    server.faults.set("stream-ticket", "storage_unavailable");
    server.cutStream();
    await page.getByText("The connection was lost").waitFor();
    server.faults.delete("stream-ticket");
    await page.getByRole("button", { name: "Try now" }).click();
    await server.until(() => server.opened === 2);
  });

  it("of the network comes back with the network", async () => {
    await openLive();
    await context.setOffline(true);
    await page.getByText("You are offline").waitFor();
    await context.setOffline(false);
    await server.until(() => server.opened === 2);
  });

  it("is not fought over with another window", async () => {
    await openLive();
    server.dropStream(viewerCloseCodes.replaced);
    await page.locator("[data-screen=refused-held]").waitFor();
    expect(server.opened).toBe(1);
    await page.getByRole("button", { name: "Continue here" }).click();
    await server.until(() => server.opened === 2);
  });

  it("waits for the service when the browser was given back", async () => {
    await openLive();
    server.view = { ...server.view, streamable: false };
    server.dropStream(viewerCloseCodes.sessionReleased);
    server.show({ status: "CREATED", streamable: false, queue: { position: 2, estimateMs: null } });
    await page.locator("[data-screen=waiting-queue]").waitFor();
    expect(server.opened).toBe(1);
    server.show({ status: "READY", streamable: true, queue: null });
    await server.until(() => server.opened === 2);
  });

  it("is shown as broken when the other side talks nonsense twice", async () => {
    await openLive();
    server.dropStream(viewerCloseCodes.badMessage);
    await server.until(() => server.opened === 2 && server.streaming);
    server.dropStream(viewerCloseCodes.badMessage);
    await page.getByText("The picture stopped").waitFor();
    await page.getByRole("button", { name: "Try now" }).click();
    await server.until(() => server.opened === 3);
  });

  it("is shown as broken, and told nothing, when no published worker has signed its key", async () => {
    await open({ view: live, strangeKey: true });
    await page.getByText("The picture stopped").waitFor();
    expect(server.opened).toBe(0);
  });

  it("is shown as broken when somebody in between puts in words of their own", async () => {
    await openLive();
    server.sendUnsealed(JSON.stringify({ type: "challenge", challenge: null }));
    await server.until(() => server.opened === 2 && server.streaming);
    server.sendUnsealed(Buffer.from(JSON.stringify({ type: "challenge", challenge: null })));
    await page.getByText("The picture stopped").waitFor();
  });

  it("of the event stream is opened again", async () => {
    await open({ view: { status: "INITIALIZING" } });
    await server.until(() => server.requests.includes("GET events"));
    server.cutFeeds();
    await server.until(() => server.requests.filter((request) => request === "GET events").length === 2);
    server.show({ status: "VERIFYING" });
    await page.locator("[data-screen=verifying]").waitFor();
  });
});

describe("cancelling", () => {
  it("asks first, by keyboard too, and closes the stream", async () => {
    await openLive();
    await page.getByRole("button", { name: "Cancel" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Cancel the verification?" });
    await dialog.waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Keep going");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Yes, cancel" }).click();
    await page.locator("[data-screen=cancelled]").waitFor();
    await server.until(() => !server.streaming);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  });

  it("that does not reach the service says so and can be tried again", async () => {
    await openLive();
    server.faults.set("cancel", "internal");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Yes, cancel" }).click();
    await page.getByRole("alert").getByText("did not reach us").waitFor();
    server.faults.delete("cancel");
    await page.getByRole("button", { name: "Yes, cancel" }).click();
    await page.locator("[data-screen=cancelled]").waitFor();
  });
});

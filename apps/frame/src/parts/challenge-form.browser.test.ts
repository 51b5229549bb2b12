import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright";
import type { Challenge } from "@attestream/shared";
import { FrameServer } from "../../test-support/frame-server.ts";
import { launchViewer } from "../../test-support/launch-viewer.ts";
import { png } from "../../test-support/png.ts";

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

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const login: Challenge = {
  id: "c1",
  kind: "login",
  instructions: "Log in.",
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  fields: [
    { id: "username", label: "User name", type: "text", autocomplete: "username" },
    { id: "password", label: "Password", type: "password", autocomplete: "current-password" },
  ],
  submitLabel: "Log in",
  canContinue: false,
};
const otp: Challenge = {
  ...login,
  id: "c2",
  kind: "otp",
  fields: [{ id: "code", label: "Security code", type: "code", length: 6, autocomplete: "one-time-code" }],
  submitLabel: "Verify",
};

async function openLive(viewer: BrowserContextOptions = { viewport: { width: 900, height: 700 } }): Promise<void> {
  server = await FrameServer.start({ view: { status: "AWAITING_USER", streamable: true, progress: 40 } });
  context = await browser.newContext(viewer);
  page = await context.newPage();
  await page.goto(server.embedUrl());
  await showPage();
}

async function showPage(): Promise<void> {
  await server.until(() => server.streaming);
  server.say({ type: "control", enabled: true });
  server.drawWhole(
    800,
    500,
    png(8, 5, () => [200, 210, 220]),
  );
  await page.locator(".veil").waitFor({ state: "detached" });
}

const ask = (challenge: Challenge | null) => server.say({ type: "challenge", challenge });
const username = () => page.getByLabel("User name");
const password = () => page.getByLabel("Password", { exact: true });
const focused = () => page.evaluate(() => document.activeElement?.id);

describe("the page's fields as a form", () => {
  it("are there at once on a phone, with its keyboards and what it may fill in, and the page keeps its layout", async () => {
    await openLive(phone);
    const before = await server.message("resize", ({ height }) => height > 500);
    const from = server.received.length;
    ask(login);
    await password().waitFor();
    expect(await username().getAttribute("autocomplete")).toBe("username");
    expect(await password().getAttribute("autocomplete")).toBe("current-password");
    expect(await password().getAttribute("type")).toBe("password");
    await page.getByRole("button", { name: "Show Password" }).tap();
    expect(await password().getAttribute("type")).toBe("text");
    ask(otp);
    const code = page.getByLabel("Security code");
    expect(await code.getAttribute("autocomplete")).toBe("one-time-code");
    expect(await code.getAttribute("inputmode")).toBe("numeric");
    await code.fill("123 456");
    await page.getByRole("button", { name: "Verify" }).tap();
    expect(await server.message("formReply")).toEqual({
      type: "formReply",
      challengeId: "c2",
      values: [{ id: "code", value: "123456" }],
    });
    for (const message of server.received.slice(from))
      if (message.type === "resize") expect(Math.abs(message.height - before.height)).toBeLessThan(80);
  });

  it("are one press away elsewhere, work by keyboard alone, and are asked for again when the site says no", async () => {
    await openLive();
    ask(login);
    const opener = page.getByRole("button", { name: "Fill in here instead" });
    await opener.press("Enter");
    expect(await focused()).toBe("form-username");
    await page.keyboard.type("jane");
    // The user is at it, though nothing written is sent yet.
    await server.message("stay");
    expect(server.received.filter(({ type }) => type === "formReply" || type === "text")).toEqual([]);
    // Half a form is not sent.
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("form-password");
    await page.keyboard.type("open");
    await page.keyboard.press("Enter");
    expect(await server.message("formReply")).toMatchObject({
      challengeId: "c1",
      values: [
        { id: "username", value: "jane" },
        { id: "password", value: "open" },
      ],
    });
    // While it is under way it is not sent twice.
    await page.keyboard.press("Enter");
    ask({ ...login, filled: { state: "filling", missing: [] } });
    await expect.poll(() => password().inputValue()).toBe("");
    ask({ ...login, filled: { state: "sent", missing: [] } });
    ask(null);
    await password().waitFor({ state: "detached" });
    ask({ ...login, id: "c3", websiteError: "Wrong password" });
    await page.getByRole("alert").getByText("Wrong password").waitFor();
    expect(await focused()).toBe("form-password");
    expect(await username().inputValue()).toBe("jane");
    expect(await password().getAttribute("aria-describedby")).toBe(await page.getByRole("alert").getAttribute("id"));
    await page.keyboard.type("sesame");
    await page.keyboard.press("Enter");
    await server.message("formReply", ({ challengeId }) => challengeId === "c3");
    expect(server.received.filter(({ type }) => type === "formReply")).toHaveLength(2);
    ask(null);
    // Nobody's name is left for another kind of question.
    ask(otp);
    await expect.poll(focused).toBe("form-code");
    ask(login);
    await username().waitFor();
    expect(await username().inputValue()).toBe("");
  });

  it("say what the page has no place for, and can be sent again without another word from the site", async () => {
    await openLive(phone);
    ask(login);
    await username().fill("jane");
    await password().fill("open");
    await page.getByRole("button", { name: "Log in" }).tap();
    await server.message("formReply");
    ask({ ...login, filled: { state: "stuck", missing: ["password"] } });
    await page.getByText("The page has no place to fill in: Password.").waitFor();
    await page.getByRole("button", { name: "Log in" }).tap();
    await expect.poll(() => server.received.filter(({ type }) => type === "formReply").length).toBe(2);
    ask({ ...login, filled: { state: "sent", missing: [] } });
    await page.getByText("It is sent. If nothing changes").waitFor();
    expect(await page.getByRole("button", { name: "Log in" }).getAttribute("aria-disabled")).toBe("false");
  });

  it("are still there, unsent, after the line was lost in the middle", async () => {
    await openLive(phone);
    ask(login);
    await username().fill("jane");
    await password().fill("open");
    server.cutStream();
    await server.until(() => server.opened === 2 && server.streaming);
    const from = server.received.length;
    ask(login);
    await showPage();
    expect(await password().inputValue()).toBe("open");
    await page.getByRole("button", { name: "Log in" }).tap();
    await server.message("formReply", () => true, from);
    server.cutStream();
    await server.until(() => server.opened === 3 && server.streaming);
    const again = server.received.length;
    ask(login);
    await showPage();
    await page.getByRole("button", { name: "Log in" }).tap();
    await server.message("formReply", () => true, again);
  });

  it("stay away once the user has chosen the page, also after a reload", async () => {
    await openLive(phone);
    ask(login);
    await page.getByRole("button", { name: "Type on the page" }).tap();
    const opener = page.getByRole("button", { name: "Fill in here instead" });
    expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.reload();
    await showPage();
    ask(login);
    await opener.waitFor();
    expect(await page.locator(".turn-form").count()).toBe(0);
  });
});

describe("what a phone fills in by itself", () => {
  const field = {
    inputMode: "numeric",
    secret: false,
    multiline: false,
    enterKeyHint: "done",
    autocapitalize: "off",
    autocomplete: "one-time-code",
    x: 10,
    y: 10,
    width: 100,
    height: 30,
  } as const;
  const fillIn = (value: string) =>
    page.locator(".keyboard-target").evaluate((input, text) => {
      if (!(input instanceof HTMLInputElement)) throw new Error("no input");
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }, value);

  it("takes the place of what is in the page's field; what nobody is at goes nowhere", async () => {
    await openLive(phone);
    server.say({ type: "focus", field });
    const target = page.locator(".keyboard-target");
    await expect.poll(() => target.getAttribute("autocomplete")).toBe("one-time-code");
    expect(await target.getAttribute("enterkeyhint")).toBe("done");
    await fillIn("kept by a manager");
    await target.focus();
    await fillIn("123456");
    expect(await server.message("text")).toEqual({ type: "text", text: "123456", replace: true });
    await page.keyboard.insertText("7");
    expect(await server.message("text", ({ text }) => text === "7")).toEqual({ type: "text", text: "7" });
    await page.keyboard.press("Backspace");
    await server.message("key", ({ key }) => key === "Backspace");
    expect(server.received.filter(({ type }) => type === "text")).toHaveLength(2);
    await page.getByRole("button", { name: "Cancel" }).focus();
    expect(await target.inputValue()).toBe("");
  });
});

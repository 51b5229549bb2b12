import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Browser, Page } from "playwright";
import type { PagePicker } from "@attestream/shared/viewer-protocol";
import { FrameServer } from "../../test-support/frame-server.ts";
import { launchViewer } from "../../test-support/launch-viewer.ts";
import { png } from "../../test-support/png.ts";

let browser: Browser;
let page: Page;
let server: FrameServer;

beforeAll(async () => {
  browser = await launchViewer();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await FrameServer.start({ view: { status: "AWAITING_USER", streamable: true, progress: 40 } });
  page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  await page.goto(server.embedUrl());
  await showPage();
});
afterEach(async () => {
  await page.close();
  await server.close();
});

async function showPage(): Promise<void> {
  await server.until(() => server.streaming);
  server.say({ type: "control", enabled: true });
  server.drawWhole(
    800,
    500,
    png(8, 5, () => [200, 210, 220]),
  );
  await page.locator(".veil").waitFor({ state: "detached" });
  await page.locator(".keyboard-target").focus();
}

describe("a select of the page", () => {
  const select = {
    id: "s1",
    label: "Country",
    options: ["Austria", "Belgium", "Chile"].map((label, index) => ({
      index: index * 2,
      label,
      group: index === 0 ? "" : "Others",
      disabled: label === "Belgium",
      selected: label === "Austria",
    })),
  };

  it("is shown as a list, in which keys move and choose", async () => {
    server.say({ type: "select", select });
    await page.getByRole("listbox", { name: "Country" }).waitFor();
    expect(await page.getByRole("option", { selected: true }).allTextContents()).toEqual(["Austria"]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await server.message("selectReply")).toEqual({ type: "selectReply", id: "s1", index: 4 });
    server.say({ type: "select", select: null });
    await page.getByRole("listbox").waitFor({ state: "detached" });
  });

  it("is closed without a choice, never with a disabled one", async () => {
    server.say({ type: "select", select });
    await page.getByRole("option", { name: "Belgium" }).click({ force: true });
    await page.getByRole("button", { name: "Cancel" }).last().click();
    await server.message("selectReply");
    expect(server.received.filter(({ type }) => type === "selectReply")).toEqual([
      { type: "selectReply", id: "s1", index: null },
    ]);
  });
});

describe("a picker of the page", () => {
  const picker: PagePicker = {
    id: "p1",
    kind: "date",
    label: "Born",
    value: "1990-05-17",
    min: "1990-01-01",
    max: "1999-12-31",
    step: "",
    required: false,
    suggestions: [],
  };

  it("is this browser's own, set by keyboard within the page's bounds", async () => {
    server.say({ type: "picker", picker });
    const field = page.locator("input[type=date]");
    await field.waitFor();
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("02032001");
    await page.keyboard.press("Enter");
    expect(await field.evaluate((element) => (element as HTMLInputElement).validity.rangeOverflow)).toBe(true);
    await field.fill("1995-02-03");
    await page.keyboard.press("Enter");
    expect(await server.message("pickerReply")).toEqual({ type: "pickerReply", id: "p1", value: "1995-02-03" });
    expect(server.received.filter(({ type }) => type === "pickerReply")).toHaveLength(1);
    server.say({ type: "picker", picker: null });
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("x");
    await server.message("key", ({ key }) => key === "x");
  });

  it("is emptied where the page allows it, and closed without a choice", async () => {
    server.say({ type: "picker", picker });
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await server.message("pickerReply")).toEqual({ type: "pickerReply", id: "p1", value: "" });
    server.say({ type: "picker", picker: { ...picker, id: "p2", kind: "color", value: "#ff0000", required: true } });
    await page.locator("input[type=color]").waitFor();
    expect(await page.getByRole("button", { name: "Clear" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    expect(await server.message("pickerReply", ({ id }) => id === "p2")).toEqual({
      type: "pickerReply",
      id: "p2",
      value: null,
    });
  });
});

describe("a server that asks for a password", () => {
  const request = { id: "a1", host: "bank.test", realm: "Members", secure: true, again: false };

  it("is answered by keyboard alone", async () => {
    server.say({ type: "auth", request });
    await page.getByRole("dialog", { name: "bank.test asks for a user name and a password" }).waitFor();
    await page.keyboard.type("jane");
    await page.keyboard.press("Tab");
    await page.keyboard.type("sesame");
    await page.keyboard.press("Enter");
    expect(await server.message("authReply")).toEqual({
      type: "authReply",
      id: "a1",
      credentials: { username: "jane", password: "sesame" },
    });
    server.say({ type: "auth", request: { ...request, id: "a2", again: true } });
    await page.getByRole("alert").filter({ hasText: "did not accept" }).waitFor();
    expect(await page.getByLabel("Password", { exact: true }).inputValue()).toBe("");
    await page.keyboard.press("Escape");
    expect(await server.message("authReply", ({ id }) => id === "a2")).toMatchObject({ credentials: null });
    expect(server.received.some(({ type }) => type === "key" || type === "text")).toBe(false);
  });
});

describe("a window that was refused", () => {
  it("is told of, and read away by keyboard", async () => {
    server.say({ type: "popupRefused", host: "elsewhere.test" });
    await page.getByRole("dialog", { name: "A window was closed" }).waitFor();
    await page.getByText("elsewhere.test, which does not belong to Demo Bank").waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("x");
    await server.message("key", ({ key }) => key === "x");
  });
});

describe("a window that the page opened", () => {
  it("is named, and closed by keyboard, which leads back to the page", async () => {
    server.say({ type: "popup", popup: { belowHost: "bank.test" } });
    await page.getByText("A window opened by bank.test").waitFor();
    await page.getByRole("button", { name: "Close window" }).focus();
    await page.keyboard.press("Enter");
    await server.message("popupClose");
    server.say({ type: "popup", popup: null });
    await page.getByRole("button", { name: "Close window" }).waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe("keyboard-target");
  });
});

describe("a file chooser of the page", () => {
  const request = { id: "f1", host: "bank.test", multiple: true, accept: "" };
  const file = (name: string, size: number) => ({ name, mimeType: "text/plain", buffer: Buffer.alloc(size, name) });

  it("takes files and sends them in parts that fit into a message", async () => {
    server.say({ type: "file", request });
    await page.getByLabel("Files from your device").setInputFiles([file("a.txt", 100_000), file("b.txt", 2)]);
    await page.getByRole("button", { name: "Send" }).click();
    await server.until(() => server.received.filter(({ type }) => type === "filePart").length === 3);
    expect(await server.message("fileReply")).toEqual({
      type: "fileReply",
      id: "f1",
      files: [
        { name: "a.txt", mediaType: "text/plain", size: 100_000 },
        { name: "b.txt", mediaType: "text/plain", size: 2 },
      ],
    });
    const parts = server.received.flatMap((message) => (message.type === "filePart" ? [message.data] : []));
    const bytes = Buffer.concat(parts.map((data) => Buffer.from(data, "base64")));
    expect(bytes.equals(Buffer.concat([Buffer.alloc(100_000, "a.txt"), Buffer.alloc(2, "b.txt")]))).toBe(true);
    server.say({ type: "file", request: null });
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("says what is too much, and gives nothing when it is closed", async () => {
    server.say({ type: "file", request });
    await page.getByLabel("Files from your device").setInputFiles([file("a.txt", 8 * 1024 * 1024 + 1)]);
    await page.getByRole("alert").filter({ hasText: "at most 10 files with 8 MB" }).waitFor();
    expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await server.message("fileReply")).toEqual({ type: "fileReply", id: "f1", files: [] });
  });
});

describe("a dialog of the page", () => {
  const dialog = { id: "d1", kind: "prompt", host: "bank.test", message: "Which colour?", suggestion: "red" } as const;

  it("is answered by keyboard alone, and the keys go to the page again afterwards", async () => {
    server.say({ type: "dialog", dialog });
    await page.getByRole("dialog", { name: "bank.test asks" }).waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("blue");
    await page.keyboard.press("Enter");
    expect(await server.message("dialogReply")).toEqual({
      type: "dialogReply",
      id: "d1",
      accepted: true,
      text: "blue",
    });
    expect(server.received.filter(({ type }) => type === "key")).toEqual([]);
    server.say({ type: "dialog", dialog: null });
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("x");
    await server.message("key", ({ key }) => key === "x");
  });

  it("is declined by Escape, pressed twice as well, and stays until the worker has heard it", async () => {
    server.say({ type: "dialog", dialog: { ...dialog, kind: "confirm" } });
    await page.getByRole("button", { name: "OK" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    expect(await server.message("dialogReply")).toEqual({ type: "dialogReply", id: "d1", accepted: false });
    expect(server.received.filter(({ type }) => type === "dialogReply")).toHaveLength(1);
    expect(await page.getByRole("button", { name: "OK" }).isDisabled()).toBe(true);
    // The answer was lost on the way: the worker asks again on the next connection.
    server.cutStream();
    await server.until(() => server.opened === 2 && server.streaming);
    server.say({ type: "dialog", dialog: { ...dialog, kind: "confirm" } });
    server.drawWhole(
      800,
      500,
      png(8, 5, () => [200, 210, 220]),
    );
    const from = server.received.length;
    await page.getByRole("button", { name: "OK" }).click();
    expect(await server.message("dialogReply", () => true, from)).toMatchObject({ accepted: true });
  });

  it("of kind alert has one button", async () => {
    server.say({ type: "dialog", dialog: { ...dialog, kind: "alert" } });
    const box = page.getByRole("dialog", { name: "bank.test says" });
    await box.waitFor();
    expect(await box.getByRole("button").allTextContents()).toEqual(["OK"]);
  });
});

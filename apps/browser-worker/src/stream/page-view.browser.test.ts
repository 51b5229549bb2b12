import type { FocusedField, ServerMessage } from "@attestream/shared/viewer-protocol";
import { chromium, type Browser, type BrowserContext, type Frame, type Page } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findChromium } from "../sandbox/find-chromium.ts";
import { startWidgetSite, type WidgetSite } from "../testing/widget-site.ts";
import { InputDispatcher } from "./input-dispatcher.ts";
import { PageQuestions } from "./page-questions.ts";
import { createPageView, type PageView } from "./page-view.ts";
import { geometryOf } from "./view-geometry.ts";

type MessageOf<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

let site: WidgetSite;
beforeAll(async () => {
  site = await startWidgetSite();
});
afterAll(() => site[Symbol.asyncDispose]());

describe.each([
  ["frames of other sites share a process", []],
  ["frames of other sites have their own process", ["--site-per-process"]],
])("a page's widgets, where %s", (_name, flags) => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let view: PageView;
  let questions: PageQuestions;
  let sent: ServerMessage[];
  let focused: (FocusedField | null)[];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: (await findChromium(undefined)).path,
      chromiumSandbox: false,
      args: [`--host-resolver-rules=${site.resolverRules}`, ...flags],
    });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    sent = [];
    focused = [];
    context = await browser.newContext({ viewport: { width: 1100, height: 600 } });
    page = await context.newPage();
    questions = new PageQuestions({ send: (message) => sent.push(message), canAsk: () => true });
    questions.watch(page);
    view = await createPageView(page, {
      onChange: (changed, change) => change === "focus" && focused.push(changed.focus),
      onWidget: (place, hint) => questions.askWidget(place, hint),
      onCopied: () => {},
      onPlaceGone: (place) => questions.placeGone(place),
    });
  });
  afterEach(() => context.close());

  const last = <T extends ServerMessage["type"]>(type: T) =>
    sent.findLast((message): message is MessageOf<T> => message.type === type);
  const openPicker = () => expect.poll(() => last("picker")?.picker).toBeTruthy();
  const openSelect = () => expect.poll(() => last("select")?.select).toBeTruthy();
  const told = (frame: Frame | Page) => frame.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  const click = async (x: number, y: number) => {
    for (const type of ["mousePressed", "mouseReleased"] as const)
      await view.client.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
  };
  const press = (key: string) => page.keyboard.press(key);

  it("a date is opened by click or key, and set within its bounds only", async () => {
    await page.goto("http://site.test/fields");
    await click(60, 45);
    await openPicker();
    const { id, ...field } = last("picker")!.picker!;
    expect(field).toEqual({
      kind: "date",
      label: "Born",
      value: "1990-05-17",
      min: "1990-01-01",
      max: "1999-12-31",
      step: "",
      required: true,
      suggestions: [],
    });
    questions.answer({ type: "pickerReply", id, value: "1995-02-03" });
    expect(last("picker")!.picker).toBeNull();
    await expect.poll(() => told(page)).toEqual(["born input 1995-02-03", "born change 1995-02-03"]);

    for (const [key, value] of [
      [" ", "2001-01-01"],
      ["Alt+ArrowDown", "nonsense"],
      ["Enter", null],
    ] as const) {
      await press(key);
      await openPicker();
      questions.answer({ type: "pickerReply", id: last("picker")!.picker!.id, value });
    }
    await press("F4");
    await openPicker();
    expect(last("picker")!.picker!.value).toBe("1995-02-03");
    expect(await told(page)).toHaveLength(2);
  });

  it("a time, a colour and suggestions are opened and set", async () => {
    await page.goto("http://site.test/fields");
    await click(60, 85);
    await openPicker();
    expect(last("picker")!.picker).toMatchObject({
      kind: "time",
      step: "900",
      required: false,
      suggestions: ["09:00"],
    });
    questions.answer({ type: "pickerReply", id: last("picker")!.picker!.id, value: "10:15" });
    // What is set arrives by another way than clicks do.
    await expect.poll(() => told(page)).toContain("at change 10:15");
    await click(60, 125);
    await openPicker();
    expect(last("picker")!.picker).toMatchObject({ kind: "color", value: "#ff0000" });
    questions.answer({ type: "pickerReply", id: last("picker")!.picker!.id, value: "#00ff00" });
    await expect.poll(() => told(page)).toContain("colour change #00ff00");
    await click(60, 165);
    await press("b");
    await press("o");
    await press("ArrowDown");
    await openSelect();
    const select = last("select")!.select!;
    expect(select.options).toEqual([{ index: 1, label: "In Germany", group: "", disabled: false, selected: false }]);
    questions.answer({ type: "selectReply", id: select.id, index: 1 });
    await expect
      .poll(() => told(page))
      .toEqual([
        "at input 10:15",
        "at change 10:15",
        "colour input #00ff00",
        "colour change #00ff00",
        "city input b",
        "city input bo",
        "city input Bonn",
        "city change Bonn",
      ]);
    await click(160, 165);
    await openSelect();
    expect(last("select")!.select!.options).toHaveLength(2);
  });

  const corners = { "a frame of a subdomain": [212, 112], "a frame in a frame of another site": [613, 73] } as const;

  it.each(Object.entries(corners))("%s: its lists, pickers and focus are the page's", async (name, [left, top]) => {
    await page.goto("http://site.test/framed");
    const frame = page
      .frames()
      .find((found) => found.url().endsWith("/fields") && found.url().includes("deep") === name.includes("subdomain"))!;
    await frame.waitForLoadState();
    await click(20, 10);
    await expect.poll(() => view.focus).toMatchObject({ x: 0, y: 0 });
    // A new process takes its time until the mouse finds it.
    await expect
      .poll(async () => {
        await click(left + 60, top + 245);
        return view.focus;
      })
      .toMatchObject({
        inputMode: "email",
        enterKeyHint: "next",
        autocapitalize: "off",
        autocomplete: "email",
        x: left + 20,
        y: top + 230,
        width: 150,
        height: 30,
      });
    await click(left + 60, top + 205);
    await openSelect();
    questions.answer({ type: "selectReply", id: last("select")!.select!.id, index: 1 });
    await expect.poll(() => told(frame)).toEqual(["size input Large", "size change Large"]);
    await expect.poll(() => view.focus).toBeNull();
    await click(left + 60, top + 45);
    await openPicker();
    questions.answer({ type: "pickerReply", id: last("picker")!.picker!.id, value: "1995-02-03" });
    await expect.poll(() => told(frame)).toContain("born change 1995-02-03");

    await press("F4");
    await openPicker();
    await page.goto("http://site.test/fields");
    expect(last("picker")!.picker).toBeNull();
    await expect.poll(() => view.focus).toBeNull();
  });

  it("what the viewer's browser fills in takes the place of what was there, letter by letter in boxes of one", async () => {
    await page.goto("http://site.test/typing");
    const geometry = geometryOf(
      { deviceWidth: 1100, deviceHeight: 600, pageScaleFactor: 1, offsetTop: 0 },
      { width: 1100, height: 600 },
    );
    const input = new InputDispatcher(() => ({ client: view.client, geometry }));
    const fill = (text: string) => input.dispatch({ type: "text", text, replace: true });
    await page.locator("#old").focus();
    fill("jane@example.test");
    await expect.poll(() => page.locator("#old").inputValue()).toBe("jane@example.test");
    await page.locator(".box").first().focus();
    fill("123456");
    const boxes = `[...document.querySelectorAll(".box")].map(({ value }) => value).join("")`;
    await expect.poll(() => page.evaluate(boxes)).toBe("123456");
    await page.locator("#notes").focus();
    fill("1 New Road, \u{1F3E0}");
    await expect.poll(() => page.locator("#notes").inputValue()).toBe("1 New Road, \u{1F3E0}");
  });

  it("a server's question for name and password is asked until it is answered rightly", async () => {
    await page.goto("http://site.test/members");
    await expect
      .poll(() => last("auth")?.request)
      .toMatchObject({ host: "site.test", realm: "Members", secure: false, again: false });
    expect(await page.locator("body").innerText()).toBe("Members only");
    const first = last("auth")!.request!.id;
    questions.answer({ type: "authReply", id: first, credentials: { username: "jane", password: "open" } });
    await expect.poll(() => last("auth")?.request).toMatchObject({ again: true });
    const second = last("auth")!.request!.id;
    questions.answer({ type: "authReply", id: second, credentials: { username: "jane", password: "sesame" } });
    await expect.poll(() => page.locator("body").innerText()).toBe("Welcome");
    expect(last("auth")!.request).toBeNull();
    // Remembered by the browser, as any would.
    await page.goto("http://site.test/members");
    expect(await page.locator("body").innerText()).toBe("Welcome");
  });

  it("a server's question that is declined leaves its refusal in the picture", async () => {
    await page.goto("http://site.test/members");
    await expect.poll(() => last("auth")?.request).toBeTruthy();
    questions.answer({ type: "authReply", id: last("auth")!.request!.id, credentials: null });
    expect(last("auth")!.request).toBeNull();
    expect(await page.locator("body").innerText()).toBe("Members only");
  });
});

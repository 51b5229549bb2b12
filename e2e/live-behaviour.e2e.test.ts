import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { behaviourPages } from "./support/behaviour-pages.ts";
import { compareWithCanvas } from "./support/compare-pictures.ts";
import { startLiveStage, type LiveSession, type LiveStage } from "./support/live-stage.ts";
import { Viewer, type ViewerKind } from "./support/viewer.ts";

const home = "behaviour.demo.test";
const elsewhere = "elsewhere.demo.test";

let stage: LiveStage;
beforeAll(async () => {
  stage = await startLiveStage([home, elsewhere], behaviourPages);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

/**
 * What a user can do and must see, from the glass to the page and back. Tested elsewhere:
 *
 * | behaviour | test |
 * |---|---|
 * | nothing of a page at rest, no change lost with late acknowledgements | browser-worker/src/stream/screencast.browser.test.ts, live-pixels.e2e.test.ts |
 * | widgets in frames of other sites, bounds of dates, HTTP auth refused and declined | browser-worker/src/stream/page-view.browser.test.ts |
 * | dialogs that ask whether to leave, files in parts, questions told again to who comes back | browser-worker/src/stream/page-questions.browser.test.ts |
 * | a renderer that crashes ends the session with its code | browser-worker/src/session/session.browser.test.ts |
 * | coordinates of a layout for phones, of a fine screen | browser-worker/src/stream/view-geometry.test.ts, phone.e2e.test.ts |
 * | AltGr, dead keys, a Mac's Command and Option | frame/src/stream/key-translation.test.ts, browser-worker/src/stream/key-event.test.ts |
 * | phone keyboards, autofill, the form in the frame | frame/src/stream/typed-text.test.ts, frame/src/parts/challenge-form.browser.test.ts |
 * | a viewer that stops reading | browser-worker/src/stream/viewer-connection.int.test.ts |
 * | offline, taken over, broken, released | frame/src/frame.browser.test.ts, network-loss.e2e.test.ts |
 */
describe.each<ViewerKind>(["Chromium", "Firefox"])("with %s", (kind) => {
  let viewer: Viewer;
  let session: LiveSession;
  beforeAll(async () => {
    [viewer, session] = await Promise.all([Viewer.launch(kind), stage.begin()]);
    await viewer.open(session.frame.embedUrl());
  });
  afterAll(async () => {
    await viewer?.[Symbol.asyncDispose]();
    await session?.end();
  });

  const page = () => session.page();
  const show = async (path: string, host = home) => {
    await page().goto(`https://${host}${path}`);
    // Before its first frame is painted a document takes no input; until then the one before is in the picture.
    await page().evaluate(
      "new Promise((done) => new PerformanceObserver(done).observe({ type: 'paint', buffered: true })).then(() => true)",
    );
    await shown();
  };
  /** The picture is the page's, and what the stream has said of the page has arrived with it. */
  const shown = () =>
    expect
      .poll(async () => compareWithCanvas(viewer.page, await session.screenshot()), {
        interval: 100,
      })
      .toEqual({ mean: 0, high: 0 });
  /** Where an element of the page is on the glass. */
  async function place(selector: string, dx = 0.5, dy = 0.5) {
    const box = await page().locator(selector).boundingBox();
    if (!box) throw new Error(`${selector} is not on the page`);
    const [width, height] = await page().evaluate<[number, number]>("[innerWidth, innerHeight]");
    return viewer.at({ x: (box.x + box.width * dx) / width, y: (box.y + box.height * dy) / height });
  }
  async function click(selector: string, options: { count?: number; button?: "left" | "right" } = {}) {
    const { x, y } = await place(selector);
    await viewer.page.mouse.click(x, y, options);
  }
  const value = (selector: string) => page().locator(selector).inputValue();
  const log = () => page().evaluate<string[]>("log");
  const focused = (selector: string) =>
    expect.poll(() => page().evaluate(`document.activeElement === document.querySelector("${selector}")`)).toBe(true);
  async function enter(selector: string) {
    await click(selector);
    await focused(selector);
  }
  const chord = async (modifier: "Control" | "Shift", key: "a" | "c" | "v" | "x" | "Tab") => {
    await viewer.page.keyboard.down(modifier);
    await viewer.page.keyboard.press(key);
    await viewer.page.keyboard.up(modifier);
  };
  const button = (words: string) => viewer.page.locator(`::-p-xpath(//button[normalize-space()="${words}"])`).click();

  describe("the page", () => {
    it("is followed to another site and back", async () => {
      await show("/login");
      await show("/provider", elsewhere);
      await show("/login");
    });

    it("gets the size of the glass, also when a phone is turned, and clicks land where they are made", async () => {
      for (const size of [
        { width: 420, height: 800 },
        { width: 800, height: 560 },
        { width: 900, height: 700 },
      ]) {
        await viewer.page.setViewport(size);
        await expect.poll(() => page().evaluate("innerWidth")).toBe(Math.max(320, await glassWidth()));
        await shown();
        await enter("#two");
        await enter("#one");
      }
    });
    const glassWidth = () => viewer.page.$eval(".glass", (glass) => glass.clientWidth);
  });

  describe("the keyboard", () => {
    beforeEach(() => show("/login"));

    it("types, with modifiers, and moves between fields", async () => {
      await enter("#one");
      await viewer.page.keyboard.type("Zoë paid 5 €, ж 字");
      await expect.poll(() => value("#one")).toBe("Zoë paid 5 €, ж 字");
      await chord("Control", "a");
      await viewer.page.keyboard.type("x");
      await viewer.page.keyboard.press("Backspace");
      await viewer.page.keyboard.type("new");
      await viewer.page.keyboard.press("Tab");
      await focused("#two");
      await viewer.page.keyboard.type("שלום");
      await expect.poll(() => value("#two")).toBe("שלום");
      expect(await value("#one")).toBe("new");
      await chord("Shift", "Tab");
      await focused("#one");
      expect(await log()).toContain("key Ctrl+a");
      expect(await log()).toContain("key Shift+Tab");
    });
  });

  describe("the clipboard", () => {
    beforeEach(() => show("/login"));
    const mark = () =>
      page().evaluate(
        "document.activeElement.blur(); getSelection().selectAllChildren(document.querySelector('#words'))",
      );

    it("takes what is copied and cut on the page, and gives it back, to the letter", async () => {
      await enter("#one");
      await mark();
      await chord("Control", "c");
      await click("#two");
      await focused("#two");
      // Until it has come all the way into the user's clipboard.
      await expect
        .poll(async () => {
          await chord("Control", "a");
          await chord("Control", "v");
          return value("#two");
        })
        .toBe("Account 1234 – grüße 👋");
      await chord("Control", "a");
      await chord("Control", "x");
      await expect.poll(() => value("#two")).toBe("");
      await enter("#area");
      await expect
        .poll(async () => {
          await chord("Control", "a");
          await chord("Control", "v");
          return value("#area");
        })
        .toBe("Account 1234 – grüße 👋");
    });

    it("that the browser keeps shut is asked for by a button, and never for a password", async () => {
      await viewer.page.evaluate("navigator.clipboard.writeText = async () => { throw new Error('shut') }");
      await enter("#secret");
      await chord("Control", "a");
      await chord("Control", "c");
      await enter("#one");
      await mark();
      await chord("Control", "c");
      await viewer.page.waitForSelector("#copied-title");
      expect(await viewer.page.$eval("dialog textarea", (area) => area.value)).toBe("Account 1234 – grüße 👋");
      await viewer.page.evaluate("delete navigator.clipboard.writeText");
      await button("Copy");
      await viewer.page.waitForSelector("#copied-title", { hidden: true });
      await enter("#two");
      await chord("Control", "v");
      await expect.poll(() => value("#two")).toBe("Account 1234 – grüße 👋");
    });
  });

  describe("an input method", () => {
    beforeEach(() => show("/login"));

    it("shows on the page what it composes, and writes what the user chose", async () => {
      await enter("#one");
      await compose("かんじ");
      await expect.poll(() => value("#one")).toBe("かんじ");
      await compose("漢字", "漢字");
      await expect.poll(() => value("#one")).toBe("漢字");
      // A dead key, as some systems do it; and a composition that the user gives up.
      await compose("´", "é");
      await compose("abc", "");
      await viewer.focusPage();
      await viewer.page.keyboard.type("!");
      await expect.poll(() => value("#one")).toBe("漢字é!");
      expect(await log()).toContain("compositionend 漢字");
    });

    let composing = false;
    /** As the input method's events come: what is shown, and what is taken in the end. */
    async function compose(text: string, taken?: string): Promise<void> {
      if (kind === "Chromium") {
        const devtools = await viewer.page.createCDPSession();
        await devtools.send("Input.imeSetComposition", {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        });
        if (taken === "")
          await devtools.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
        else if (taken !== undefined) await devtools.send("Input.insertText", { text: taken });
        return devtools.detach();
      }
      const happen = (type: string, data: string) =>
        `target.dispatchEvent(new CompositionEvent("${type}", { data: "${data}", bubbles: true }));`;
      const write = (data: string) =>
        `target.value = base + "${data}"; target.dispatchEvent(new InputEvent("input", { data: "${data}", isComposing: true, bubbles: true }));`;
      await viewer.page.evaluate(`
        target = document.querySelector(".keyboard-target");
        ${composing ? "" : `base = target.value; ${happen("compositionstart", "")}`}
        ${happen("compositionupdate", text)} ${write(text)}
        ${taken === undefined ? "" : `${write(taken)} ${happen("compositionend", taken)}`}`);
      composing = taken === undefined;
    }
  });

  describe("the pointer", () => {
    beforeEach(() => show("/pointer"));

    it("clicks, clicks twice, with the other button, drags and turns the wheel", async () => {
      await click("#pad");
      await expect.poll(log).toContain("click");
      await click("#pad", { count: 2 });
      await expect.poll(log).toContain("dblclick");
      await click("#pad", { button: "right" });
      await expect.poll(log).toContain("contextmenu");
      const from = await place("#pad", 0.25);
      const to = await place("#pad", 0.75);
      await viewer.page.mouse.move(from.x, from.y);
      await viewer.page.mouse.down();
      await viewer.page.mouse.move(to.x, to.y, { steps: 4 });
      await viewer.page.mouse.up();
      await expect.poll(log).toContain("mouse moved 130");
      const list = await place("#list");
      await viewer.page.mouse.move(list.x, list.y);
      await viewer.page.mouse.wheel({ deltaY: 200 });
      await expect.poll(() => page().evaluate("list.scrollTop")).toBeGreaterThan(100);
      await shown();
    });

    it("is a finger where there is one", async () => {
      const { x, y } = await place("#pad");
      await viewer.page.touchscreen.tap(x, y);
      await expect.poll(log).toContain("touchend");
    });
  });

  describe("what is not in the picture", () => {
    beforeEach(() => show("/asking"));

    it("a list, a date and suggestions are chosen from in the frame", async () => {
      await click("#size");
      await viewer.page.waitForSelector('[role="listbox"]');
      await viewer.page.keyboard.press("ArrowDown");
      await viewer.page.keyboard.press("Enter");
      await expect.poll(() => value("#size")).toBe("Large");
      await viewer.page.waitForSelector('[role="listbox"]', { hidden: true });
      await click("#born");
      await viewer.page.waitForSelector("input[type=date]");
      await viewer.page.locator("input[type=date]").fill("1995-02-03");
      await button("Set");
      await expect.poll(() => value("#born")).toBe("1995-02-03");
      await viewer.page.waitForSelector("input[type=date]", { hidden: true });
      await enter("#city");
      await viewer.page.keyboard.press("ArrowDown");
      await viewer.page.locator("::-p-text(Bonn)").click();
      await expect.poll(() => value("#city")).toBe("Bonn");
    });

    it("a dialog is answered, a file given, a name and a password too", async () => {
      await click("#confirm");
      await button("OK");
      await expect.poll(log).toContain("confirmed true");
      const folder = await mkdtemp(join(tmpdir(), "behaviour-"));
      await writeFile(join(folder, "proof.txt"), "of address");
      await click("#file");
      const chooser = await viewer.page.waitForSelector("input[type=file]");
      await chooser?.uploadFile(join(folder, "proof.txt"));
      await button("Send");
      await expect.poll(log).toContain("proof.txt of address");
      await rm(folder, { recursive: true });
      await viewer.page.waitForSelector("input[type=file]", { hidden: true });
      await click("#members");
      await viewer.page.locator("#auth-name").fill("jane");
      await viewer.page.locator("#auth-password").fill("sesame");
      await button("Log in");
      await expect.poll(() => page().locator("h1").textContent()).toBe("Welcome");
    });

    it("a window of another site is shown over the page, and gives way to it when it is done", async () => {
      const below = page();
      await click("#sign");
      await viewer.page.waitForSelector(".popup-bar");
      await expect.poll(() => page() === below).toBe(false);
      await page().waitForLoadState();
      await shown();
      await click("#allow");
      await viewer.page.waitForSelector(".popup-bar", { hidden: true });
      await expect.poll(log).toContain("token granted");
      await shown();
    });
  });

  describe("the line", () => {
    beforeEach(() => show("/login"));

    it("comes back by itself, with picture, control and keyboard", async () => {
      await enter("#one");
      session.network.break();
      await viewer.page.waitForSelector(".link-reconnecting");
      await page().evaluate("document.querySelector('h1').textContent = 'Meanwhile'");
      await viewer.page.keyboard.type("lost");
      session.network.mend();
      await viewer.ready();
      await viewer.page.waitForSelector(".link-connected");
      await shown();
      await viewer.page.keyboard.type("back");
      await expect.poll(() => value("#one")).toBe("back");
      expect(await viewer.page.$("[role=alert]")).toBeNull();
    });

    it("says what it has lost of the user's, and brings nothing twice", async () => {
      await enter("#one");
      await viewer.page.keyboard.type("ab");
      await expect.poll(() => value("#one")).toBe("ab");
      session.lag.ms = 60_000;
      await viewer.page.keyboard.type("cde");
      session.network.break();
      session.lag.ms = 0;
      await viewer.page.waitForSelector(".link-reconnecting");
      session.network.mend();
      await viewer.page.waitForSelector("::-p-text(Your last 3 keys or clicks did not reach the page)");
      await viewer.ready();
      expect(await value("#one")).toBe("ab");
      await button("OK");
      await viewer.page.keyboard.type("cde");
      await expect.poll(() => value("#one")).toBe("abcde");
    });
  });
});

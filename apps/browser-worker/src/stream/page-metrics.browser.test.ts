import { chromium, type Browser, type CDPSession, type Page } from "playwright";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../sandbox/find-chromium.ts";
import { clickElement } from "../tree/click-element.ts";
import { InputDispatcher } from "./input-dispatcher.ts";
import { applyPageSize, type PageSize } from "./page-metrics.ts";
import { geometryOf, toPacketRectangle, type ViewGeometry } from "./view-geometry.ts";

const content = `<!doctype html><meta name="viewport" content="width=device-width"><style>
  body { margin: 0; height: 3000px } * { box-sizing: border-box }
  .target { position: absolute; width: 24px; height: 24px } #far { position: absolute; top: 2500px; left: 200px }
  #cover { position: fixed; inset: 0; background: #fff8 } iframe { position: absolute; left: 60px; top: 420px; width: 220px; height: 120px; border: 7px solid }
</style>
<button class="target" id="corner" style="left: 0; top: 0"></button><button class="target" id="middle" style="left: 160px; top: 150px"></button>
<button class="target" id="edge" style="left: 290px; top: 290px"></button><button id="far">Far</button>
<button id="late" disabled style="position: absolute; top: 350px; left: 100px">Late</button><x-box></x-box>
<iframe srcdoc="<button style='margin: 20px' onclick='parent.hits.push(&quot;framed&quot;)'>Framed</button>"></iframe>
<script>
  hits = [];
  addEventListener("click", (event) => hits.push(event.composedPath()[0].id));
  addEventListener("touchend", (event) => hits.push("touched " + event.target.id));
  customElements.define("x-box", class extends HTMLElement {
    connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = '<button id="shadowed" style="position: absolute; top: 380px"><b>Shadowed</b></button>'; }
  });
</script>`;

const sizes: PageSize[] = [
  { width: 390, height: 700, scale: 2 },
  { width: 700, height: 390, scale: 2 },
  { width: 390, height: 700, scale: 1.25 },
  { width: 800, height: 600, scale: 1.5 },
  { width: 800, height: 600, scale: 1 },
];

let browser: Browser;
let page: Page;
let client: CDPSession;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: (await findChromium(undefined)).path });
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  client = await page.context().newCDPSession(page);
  await page.setContent(content);
});
afterAll(() => browser.close());

/** What the screencast shows of the page now. */
async function look(): Promise<ViewGeometry> {
  const frame = Promise.withResolvers<{ data: string; metadata: Parameters<typeof geometryOf>[0] }>();
  client.once("Page.screencastFrame", (shown) => frame.resolve(shown));
  await client.send("Page.startScreencast", { format: "png" });
  const { data, metadata } = await frame.promise;
  await client.send("Page.stopScreencast");
  const { width, height } = await sharp(Buffer.from(data, "base64")).metadata();
  return geometryOf(metadata, { width, height });
}

/** The picture follows the page's size, a moment later. */
async function lookUntil(packetWidth: number, packetHeight: number): Promise<ViewGeometry> {
  const size = { packetWidth: Math.round(packetWidth), packetHeight: Math.round(packetHeight) };
  let geometry = await look();
  await expect.poll(async () => (geometry = await look())).toMatchObject(size);
  return geometry;
}

const hits = () => page.evaluate<string[]>("hits.splice(0)");

/** Presses with the mouse, then with a finger, where the element is in the picture. */
async function pressOn(id: string, geometry: ViewGeometry, scale: number): Promise<void> {
  const box = await page.evaluate<{ x: number; y: number; width: number; height: number }>(
    `(({ x, y, width, height }) => ({ x: x * ${scale}, y: y * ${scale}, width: width * ${scale}, height: height * ${scale} }))(${id}.getBoundingClientRect())`,
  );
  const shown = toPacketRectangle(geometry, box);
  const at = { x: shown.x + shown.width / 2, y: shown.y + shown.height / 2 };
  const input = new InputDispatcher(() => ({ client, geometry }));
  const button = { button: "left", clickCount: 1, modifiers: 0 } as const;
  input.dispatch({ type: "pointer", action: "down", ...at, ...button, buttons: 1 });
  input.dispatch({ type: "pointer", action: "up", ...at, ...button, buttons: 0 });
  await expect.poll(hits).toEqual([id]);
  input.dispatch({ type: "touch", action: "start", points: [{ id: 1, ...at }], modifiers: 0 });
  input.dispatch({ type: "touch", action: "end", points: [], modifiers: 0 });
  await expect.poll(hits).toContain(`touched ${id}`);
}

describe.each(sizes)("a page of $width x $height on a screen of ratio $scale", ({ width, height, scale }) => {
  it("is drawn with that many pixels, and is hit where it is pointed at", async () => {
    await page.evaluate("scrollTo(0, 0)");
    await applyPageSize(client, { width, height, scale });
    const geometry = await lookUntil(width * scale, height * scale);
    expect(await page.evaluate("[innerWidth, innerHeight, devicePixelRatio]")).toEqual([width, height, scale]);
    for (const id of ["corner", "middle", "edge"]) await pressOn(id, geometry, scale);
  });

  it("is clicked by the tree where it is in the middle of what it looks for", async () => {
    const click = (css: string, timeout = 5_000) =>
      clickElement(page, page.locator(css), { magnification: scale, timeout });
    await page.evaluate("hits.length = 0");
    for (const css of ["#middle", "#far", "#edge", "#shadowed"]) await click(css);
    await click("iframe >> internal:control=enter-frame >> button");
    expect(await hits()).toEqual(["middle", "far", "edge", expect.any(String), "framed"]);
    await page.evaluate("setTimeout(() => { late.disabled = false }, 150)");
    await click("#late");
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div id=cover></div>')");
    await expect(click("#middle", 300)).rejects.toMatchObject({ name: "TimeoutError" });
    const clicked = click("#middle");
    await page.evaluate("cover.remove(); late.disabled = true");
    await clicked;
    expect(await hits()).toEqual(["late", "middle"]);
  });
});

it("stays as fine on a page of another site", async () => {
  await applyPageSize(client, { width: 390, height: 700, scale: 2 });
  await page.goto("data:text/html,<p>Elsewhere");
  await lookUntil(780, 1400);
  await page.goto("about:blank");
  await page.setContent(content);
});

it("is hit where it is pointed at while it is zoomed", async () => {
  for (const scale of [1, 2]) {
    await applyPageSize(client, { width: 390, height: 700, scale });
    await client.send("Emulation.setPageScaleFactor", { pageScaleFactor: 1.5 });
    await expect.poll(async () => (await look()).pageScaleFactor).toBe(1.5);
    const geometry = await look();
    await pressOn("middle", geometry, scale);
    await client.send("Emulation.setPageScaleFactor", { pageScaleFactor: 1 });
  }
});

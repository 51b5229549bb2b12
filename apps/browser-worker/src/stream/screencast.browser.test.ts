import fc from "fast-check";
import { chromium, type Browser, type Page } from "playwright";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodePacket, packetFlags } from "@attestream/shared/viewer-protocol";
import { findChromium } from "../sandbox/find-chromium.ts";
import { EncoderPool } from "./delta/encoder-pool.ts";
import { imageCodec } from "./delta/image-codec.ts";
import { inexactTiles, worstBlock } from "./delta/testing/compare-images.ts";
import { SimulatedViewer } from "./delta/testing/simulated-viewer.ts";
import { Screencast } from "./screencast.ts";

const size = { width: 800, height: 600 };

/** A bar that stays, a menu that stays, a list that scrolls by itself, a long page, a photograph. */
const html = `<!doctype html><style>
  body { margin: 0; font: 15px sans-serif } main { margin: 70px 20px 0 220px }
  header { position: fixed; inset: 0 0 auto; height: 57px; background: #036; color: #fff; z-index: 2 }
  nav { position: fixed; top: 57px; left: 0; bottom: 0; width: 203px; background: #eef }
  #list { height: 200px; overflow: auto; border: 1px solid #888 } #boxes { position: relative; height: 150px }
  #boxes i { position: absolute }
</style><header><h1 id="title">Bank</h1></header><nav>Menu</nav>
<main><p>A field: <input id="field"></p><div id="boxes"></div><div id="list"></div><div id="text"></div><canvas id="photo" width="300" height="200"></canvas></main>
<script>
  let state = 1;
  const random = (below) => (state = (state * 48271) % 2147483647) % below;
  const words = (count) => Array.from({ length: count }, () => "account balance pay verify transfer month".split(" ")[random(6)]).join(" ");
  window.change = ([kind, seed]) => {
    state = seed;
    if (kind === "title") title.textContent = words(3);
    if (kind === "page") scrollTo(0, random(1500));
    if (kind === "scroll") scrollBy(0, random(160) - 60);
    if (kind === "list") list.scrollTop = random(900);
    if (kind === "text") text.children[random(40)].textContent = words(40);
    if (kind === "colour") document.body.style.background = "hsl(" + random(360) + " 40% 90%)";
    if (kind === "box") boxes.innerHTML += '<i style="left:' + random(300) + "px;top:" + random(130) + "px;width:" + random(90) + "px;height:20px;background:hsl(" + random(360) + ' 80% 50%)"></i>';
    if (kind === "photo") {
      const context = photo.getContext("2d");
      const data = context.createImageData(300, 200);
      for (let at = 0; at < data.data.length; at += 4) data.data.set([128 + 90 * Math.sin(at / 9000), random(50) + 90, random(30), 255], at);
      context.putImageData(data, 0, 0);
    }
  };
  list.innerHTML = Array.from({ length: 60 }, () => "<p>" + words(9) + "</p>").join("");
  text.innerHTML = Array.from({ length: 40 }, () => "<p>" + words(60) + "</p>").join("");
</script>`;

const kinds = ["title", "page", "scroll", "scroll", "scroll", "list", "text", "colour", "box", "photo"] as const;
const steps = fc.array(
  fc.record({
    change: fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 1_000_000 })),
    pauseMs: fc.constantFrom(0, 0, 5, 20, 80),
  }),
  { minLength: 20, maxLength: 60 },
);
/** What the viewer does with each packet: acknowledges at once, late, or not at all, so that a later one must do. */
const patterns = fc.array(fc.constantFrom(0, 0, 10, 60, 200, "never" as const), { minLength: 3, maxLength: 9 });

let browser: Browser;
let pool: EncoderPool;
beforeAll(async () => {
  pool = new EncoderPool();
  browser = await chromium.launch({
    executablePath: (await findChromium(undefined)).path,
    chromiumSandbox: false,
    args: ["--disable-gpu"],
  });
});
afterAll(async () => {
  await browser.close();
  await pool.close();
});

/** The page, streamed to a viewer that keeps what it got; `delays` as in `patterns`, over and over. */
async function stream(delays: readonly (number | "never")[]) {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  await page.setContent(html);
  const client = await context.newCDPSession(page);
  const viewer = new SimulatedViewer();
  const sent: { bytes: number; flags: number }[] = [];
  let drawn: Promise<void> = Promise.resolve();
  let [lastSent, lastAcknowledged, leftOut, mostInFlight] = [0, 0, 0, 0];
  let catchingUp = false;
  const acknowledge = (seq: number) => {
    lastAcknowledged = Math.max(lastAcknowledged, seq);
    screencast.acknowledge(seq);
  };
  const encoder = pool.open();
  const screencast = new Screencast({
    encoder,
    now: () => performance.now(),
    onGeometry: () => {},
    log: pino({ level: "silent" }),
    send(packet) {
      const { seq, flags } = decodePacket(packet);
      lastSent = seq;
      mostInFlight = Math.max(mostInFlight, seq - lastAcknowledged);
      const delay = catchingUp ? 0 : delays[sent.length % delays.length]!;
      sent.push({ bytes: packet.byteLength, flags });
      drawn = drawn.then(() => viewer.draw(packet));
      // Of two on their way one may be left out, not both: nothing would come any more.
      if (delay === "never" && leftOut <= lastAcknowledged) leftOut = seq;
      else setTimeout(() => acknowledge(seq), delay === "never" ? 0 : delay);
    },
  });
  await screencast.show(client);
  await screencast.start();
  return {
    page,
    viewer,
    screencast,
    sent,
    mostInFlight: () => mostInFlight,
    drawn: () => drawn,
    /** The link has recovered: from now on everything is acknowledged. */
    catchUp() {
      catchingUp = true;
      acknowledge(lastSent);
    },
    async [Symbol.asyncDispose]() {
      await screencast.stop();
      encoder.dispose();
      await context.close();
    },
  };
}

type Streamed = Awaited<ReturnType<typeof stream>>;

/** A photograph's edge beside a plain colour. */
const mostOfPhotographs = 40;

/** Resolves once the viewer's picture is the page's: what is drawn to the pixel, photographs within what loss does. */
async function settle({ page, viewer, drawn, catchUp }: Streamed): Promise<void> {
  catchUp();
  await expect
    .poll(
      async () => {
        const shown = await imageCodec.createDecoder().decode(await page.screenshot({ caret: "initial", type: "png" }));
        await drawn();
        return inexactTiles(shown, viewer.picture) === 0 && worstBlock(shown, viewer.picture) < mostOfPhotographs;
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBe(true);
}

const change = (page: Page, what: readonly [string, number]) =>
  page.evaluate((args) => (globalThis as unknown as { change: (args: unknown) => void }).change(args), what);

describe("the picture that arrives", () => {
  it("is the page's, after any series of changes, with acknowledgements that come late or not at all", async () => {
    await fc.assert(
      fc.asyncProperty(steps, patterns, async (series, delays) => {
        await using streamed = await stream(delays);
        for (const step of series) {
          await change(streamed.page, step.change);
          if (step.pauseMs > 0) await streamed.page.waitForTimeout(step.pauseMs);
        }
        await settle(streamed);
        expect(streamed.mostInFlight()).toBeLessThanOrEqual(2);
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it("is whole again after a refresh, and of a page at rest nothing else comes", async () => {
    await using streamed = await stream([0]);
    await settle(streamed);
    const before = streamed.sent.length;
    await streamed.screencast.refresh();
    await expect.poll(() => streamed.sent.length, { timeout: 20_000 }).toBe(before + 1);
    expect(streamed.sent.at(-1)!.flags & packetFlags.key).toBe(packetFlags.key);
    await streamed.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
    expect(streamed.sent).toHaveLength(before + 1);
    await settle(streamed);
  });
});

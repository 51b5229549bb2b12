import { randomInt } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compareWithCanvas, type Difference } from "./support/compare-pictures.ts";
import { startLiveStage, type LiveSession, type LiveStage } from "./support/live-stage.ts";
import { restlessPage } from "./support/restless-page.ts";
import { Viewer } from "./support/viewer.ts";

const [home, other] = ["restless.demo.test", "elsewhere.demo.test"];
/** Longer: PIXEL_SERIES=20 PIXEL_STEPS=60. A series again: PIXEL_SEED. */
const series = Number(process.env["PIXEL_SERIES"] ?? 2);
const steps = Number(process.env["PIXEL_STEPS"] ?? 14);
const firstSeed = Number(process.env["PIXEL_SEED"] ?? randomInt(1, 1_000_000));

/** What the worst tile may differ. A noisy photograph is all that comes to rest with a loss. */
const none: Difference = { mean: 0, high: 0 };
const lossOfPhotograph: Difference = { mean: 12, high: 56 };
let allowed = none;

let stage: LiveStage;
let viewer: Viewer;
let session: LiveSession;
beforeAll(async () => {
  stage = await startLiveStage([home, other], { "/login": restlessPage, "/second": restlessPage });
  viewer = await Viewer.launch("Chromium");
  // An acknowledgement is dropped by naming a packet that there never was: the sealed channel itself loses nothing.
  await viewer.page.evaluateOnNewDocument(() => {
    const stringify = JSON.stringify;
    const drops = globalThis as unknown as { dropAcks?: boolean; dropped?: boolean };
    JSON.stringify = (value: unknown) => {
      const message = value as { type?: unknown; seq?: number };
      if (message?.type !== "ack" || !drops.dropAcks) return stringify(value);
      // Of two that are on their way one counts: after two nothing would come any more.
      drops.dropped = !drops.dropped;
      return stringify(drops.dropped ? { type: "ack", seq: 0xffff_ffff } : value);
    };
  });
});
afterAll(async () => {
  await viewer?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  allowed = none;
  session = await stage.begin();
  await viewer.open(session.frame.embedUrl());
});
afterEach(async () => {
  await viewer.page.goto("about:blank");
  await session.end();
});

/** Small, fast and the same everywhere: mulberry32. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Random = (below: number) => number;
const inPage = (script: string) => session.page().evaluate(script);
const change = (kind: string) => (random: Random) => inPage(`change(${JSON.stringify(kind)}, ${random(1e6) + 1})`);

/** All that may happen; what is named more than once happens more often. */
const happenings: Record<string, (random: Random) => unknown> = {
  title: change("title"),
  text: change("text"),
  scroll: change("scroll"),
  "scroll again": change("scroll"),
  jump: change("jump"),
  list: change("list"),
  colour: change("colour"),
  photo(random) {
    allowed = lossOfPhotograph;
    return change("photo")(random);
  },
  move: change("move"),
  spin: change("spin"),
  rest: () => inPage("rest()"),
  resize: (random) => viewer.page.setViewport({ width: 700 + random(400), height: 560 + random(300) }),
  navigate: (random) => session.page().goto(`https://${random(2) ? home : other}/${random(2) ? "login" : "second"}`),
  async window() {
    const below = session.page();
    await inPage("void open('/second')");
    await expect.poll(() => session.page() === below).toBe(false);
    await session.page().waitForLoadState();
  },
  async back() {
    if (session.page().context().pages().length > 1) await session.page().close();
  },
  "acks late": (random) => (session.lag.ms = random(250)),
  "acks dropped": () => viewer.page.evaluate(() => ((globalThis as { dropAcks?: boolean }).dropAcks = true)),
  "acks in time": () => inTime(),
  async reconnect() {
    session.network.break();
    await viewer.page.waitForSelector(".link-reconnecting");
    session.network.mend();
  },
  pause: (random) => new Promise((resolve) => setTimeout(resolve, random(400))),
};

async function inTime(): Promise<void> {
  session.lag.ms = 0;
  await viewer.page.evaluate(() => ((globalThis as { dropAcks?: boolean }).dropAcks = false));
}

const difference = async () => compareWithCanvas(viewer.page, await session.screenshot());
const isSame = (found: Difference | string) =>
  typeof found !== "string" && found.mean <= allowed.mean && found.high <= allowed.high;

/** The link has recovered and the page rests. */
async function settle(): Promise<void> {
  await inPage("rest()");
  await inTime();
  await viewer.ready();
  let last: Difference | string = "";
  await expect
    .poll(async () => isSame((last = await difference())), { timeout: 30_000, interval: 200 })
    .toBe(true)
    .catch(() => expect(last).toEqual(allowed));
}

describe("the user's picture", () => {
  it.each(Array.from({ length: series }, (_, index) => firstSeed + index))(
    "is the page's after whatever happened to page, window and line (PIXEL_SEED=%i)",
    { timeout: 60_000 + steps * 6_000 },
    async (seed) => {
      const random = seeded(seed);
      const names = Object.keys(happenings);
      const happened: string[] = [];
      for (let step = 0; step < steps; step += 1) {
        // In the middle the line breaks in any case.
        const name = step === steps >> 1 ? "reconnect" : (names[random(names.length)] ?? "pause");
        happened.push(name);
        await happenings[name]?.(random);
        if (random(5) === 0)
          await settle().catch((error: unknown) => {
            throw new Error(`after ${happened.join(", ")}`, { cause: error });
          });
      }
      await settle();
    },
  );

  it("would be found out if one tile of it were old", async () => {
    await settle();
    await viewer.page.evaluate(`context = document.querySelector("canvas.screen").getContext("2d");
      old = context.getImageData(224, 0, 32, 64);`);
    await inPage(`change("title", 7)`);
    await expect.poll(async () => isSame(await difference())).toBe(true);
    await viewer.page.evaluate("context.putImageData(old, 224, 0, 0, 0, 32, 32)");
    expect(isSame(await difference())).toBe(false);
  });
});

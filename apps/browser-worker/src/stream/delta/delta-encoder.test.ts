import { encodePacket, packetFlags } from "@attestream/shared/viewer-protocol";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { DeltaEncoder, type EncodedFrame } from "./delta-encoder.ts";
import { imageCodec } from "./image-codec.ts";
import type { RawImage } from "./raw-image.ts";
import { inexactTiles, worstBlock } from "./testing/compare-images.ts";
import { PaintedPage, type PageChange } from "./testing/painted-page.ts";
import { SimulatedViewer } from "./testing/simulated-viewer.ts";

const width = 416;
const height = 304;

const lossless = async ({ pixels, ...raw }: RawImage) => ({
  bytes: await sharp(pixels, { raw }).png({ compressionLevel: 1 }).toBuffer(),
  exact: true,
});
const losslessCodec = { ...imageCodec, encodeImage: lossless, encodeRoughly: lossless, encodePhotograph: lossless };

/** With a clock that the test moves. */
function createEncoder(codec = imageCodec) {
  let time = 0;
  const encoder = new DeltaEncoder({ codec, now: () => time });
  return Object.assign(encoder, { wait: (ms: number) => void (time += ms) });
}

const seeds = fc.integer({ min: 1, max: 2 ** 31 });
const areas = fc.record({
  x: fc.integer({ min: 0, max: width - 1 }),
  y: fc.integer({ min: 0, max: height - 1 }),
  width: fc.integer({ min: 1, max: width }),
  height: fc.integer({ min: 1, max: height }),
});
const scrolls = fc.record({
  kind: fc.constant("scroll" as const),
  // The page under a bar, beside a menu, or some part of it that scrolls by itself.
  area: fc.oneof(
    fc.constant({ x: 0, y: 41, width, height: height - 41 }),
    fc.constant({ x: 97, y: 0, width, height }),
    areas,
  ),
  by: fc.integer({ min: -120, max: 120 }),
  seed: seeds,
});
const changes: fc.Arbitrary<PageChange> = fc.oneof(
  fc.record({
    kind: fc.constant("fill" as const),
    area: areas,
    colour: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
  }),
  fc.record({ kind: fc.constant("text" as const), area: areas, seed: seeds }),
  fc.record({ kind: fc.constant("photograph" as const), area: areas, seed: seeds }),
  scrolls,
  scrolls,
  fc.record({ kind: fc.constant("nothing" as const) }),
);

interface Step {
  changes: PageChange[];
  fresh: boolean;
  /** What the page says of its scrolling: the truth, a lie, or nothing. */
  hint: "true" | "none" | number;
  afterMs?: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    // More than one: what changed while nothing could be captured.
    changes: fc.array(changes, { minLength: 1, maxLength: 3 }),
    fresh: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
    afterMs: fc.constantFrom(16, 16, 16, 400),
    hint: fc.oneof(fc.constant("true" as const), fc.constant("none" as const), fc.integer({ min: -400, max: 400 })),
  }),
  { minLength: 1, maxLength: 8 },
);

/** The page rests: all that the encoder has left to say. */
async function settleAll(encoder: DeltaEncoder, viewer: SimulatedViewer): Promise<void> {
  const next = () => encoder.encode({ image: null, scrolledBy: 0, fresh: false });
  for (let frame = await next(); frame !== null; frame = await next())
    await viewer.draw(encodePacket({ seq: 1, ...frame }));
}

/** Shows each step to a viewer, and calls `check` once it is drawn. */
async function play(
  encoder: ReturnType<typeof createEncoder>,
  series: Step[],
  check: (page: PaintedPage, viewer: SimulatedViewer, frame: EncodedFrame | null) => void,
): Promise<{ page: PaintedPage; viewer: SimulatedViewer }> {
  const page = new PaintedPage(width, height);
  page.change({ kind: "text", area: { x: 0, y: 0, width, height }, seed: 99 });
  const viewer = new SimulatedViewer();
  let seq = 0;
  for (const step of [{ changes: [], fresh: true, hint: "none" as const }, ...series]) {
    for (const change of step.changes) page.change(change);
    const scrolled = step.changes.reduce((sum, change) => sum + (change.kind === "scroll" ? change.by : 0), 0);
    const scrolledBy = step.hint === "true" ? scrolled : step.hint === "none" ? 0 : step.hint;
    encoder.wait(step.afterMs ?? 16);
    const frame = await encoder.encode({ image: await page.png(), scrolledBy, fresh: step.fresh });
    if (frame) await viewer.draw(encodePacket({ seq: (seq += 1), ...frame }));
    check(page, viewer, frame);
  }
  return { page, viewer };
}

describe("what a viewer sees", { timeout: 120_000 }, () => {
  it("is the page to the pixel where the codec keeps all", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (series) => {
        await play(createEncoder(losslessCodec), series, ({ image }, { picture }) => {
          expect(picture.pixels.equals(image.pixels)).toBe(true);
        });
      }),
      { numRuns: 10 },
    );
  });

  it("is the page within what the codec loses, and that does not add up", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (series) => {
        const encoder = createEncoder();
        const { page, viewer } = await play(encoder, series, ({ image }, { picture }) => {
          expect(worstBlock(image, picture)).toBeLessThan(40);
        });
        await settleAll(encoder, viewer);
        expect(inexactTiles(page.image, viewer.picture)).toBe(0);
      }),
      { numRuns: 10 },
    );
  });

  it("is text without loss beside a photograph, once the page rests", async () => {
    const encoder = createEncoder();
    const photograph: PageChange = { kind: "photograph", area: { x: 0, y: 0, width, height }, seed: 3 };
    const caption: PageChange = { kind: "text", area: { x: 40, y: 200, width: 340, height: 80 }, seed: 4 };
    const step: Step = { changes: [photograph, caption], fresh: false, hint: "none" };
    const { page, viewer } = await play(encoder, [step], () => {});
    expect(inexactTiles(page.image, viewer.picture)).toBeGreaterThan(10);
    await settleAll(encoder, viewer);
    expect(inexactTiles(page.image, viewer.picture)).toBe(0);
  });
});

it("sends nothing while nothing changes", async () => {
  const kinds: (number | undefined)[] = [];
  const still: Step = { changes: [{ kind: "nothing" }], fresh: false, hint: "none" };
  await play(createEncoder(), [still, still], (_page, _viewer, frame) => kinds.push(frame?.flags));
  expect(kinds).toEqual([packetFlags.key, undefined, undefined]);
});

it("after a failure sends the whole picture, once asked for a fresh one", async () => {
  let broken = false;
  const encoder = createEncoder({
    ...imageCodec,
    encodeImage: (image) => (broken ? Promise.reject(new Error("no memory")) : imageCodec.encodeImage(image)),
  });
  const page = new PaintedPage(width, height);
  const encode = async (fresh: boolean) => encoder.encode({ image: await page.png(), scrolledBy: 0, fresh });
  await encode(true);
  page.change({ kind: "text", area: { x: 40, y: 40, width: 60, height: 12 }, seed: 5 });
  broken = true;
  await expect(encode(false)).rejects.toThrow("no memory");
  expect((await encode(false))?.flags).toBe(5);
});

describe("what is in motion", () => {
  const spinner = { x: 64, y: 96, width: 50, height: 50 };
  const plain = (page: PaintedPage, viewer: SimulatedViewer) => viewer.picture.pixels.equals(page.image.pixels);

  /** A spinner turns, a frame every 16 ms; `act` gets what is seen then. */
  async function spin(act: (shown: Spinning) => Promise<void>): Promise<void> {
    const encoder = createEncoder();
    const page = new PaintedPage(width, height);
    const viewer = new SimulatedViewer();
    const draw = async (image: Uint8Array<ArrayBuffer> | null) => {
      const frame = await encoder.encode({ image, scrolledBy: 0, fresh: false });
      if (frame) await viewer.draw(encodePacket({ seq: 1, ...frame }));
      return frame;
    };
    const capture = async (afterMs: number) => {
      encoder.wait(afterMs);
      return draw(Uint8Array.from(await page.png()));
    };
    let frame = await capture(0);
    for (let seed = 1; seed <= 12; seed += 1) {
      page.change({ kind: "text", area: spinner, seed });
      frame = await capture(16);
    }
    expect(frame?.rough).toBe(true);
    expect(plain(page, viewer)).toBe(false);
    await act({ page, viewer, capture, settle: () => draw(null) });
  }

  interface Spinning {
    page: PaintedPage;
    viewer: SimulatedViewer;
    capture: (afterMs: number) => Promise<EncodedFrame | null>;
    settle: () => Promise<EncodedFrame | null>;
  }

  it("is drawn roughly, and properly when nothing comes any more", async () => {
    await spin(async ({ page, viewer, settle }) => {
      expect((await settle())?.rough).toBe(false);
      expect(plain(page, viewer)).toBe(true);
      expect(await settle()).toBeNull();
    });
  });

  it("is drawn properly when it has come to rest while something else goes on", async () => {
    await spin(async ({ page, viewer, capture }) => {
      page.change({ kind: "text", area: { x: 300, y: 10, width: 60, height: 12 }, seed: 8 });
      expect((await capture(400))?.rough).toBe(false);
      expect(plain(page, viewer)).toBe(true);
    });
  });

  it("is drawn roughly still after a frame that came late", async () => {
    await spin(async ({ page, viewer, capture }) => {
      let seed = 100;
      const turn = (afterMs: number) => {
        page.change({ kind: "text", area: spinner, seed: (seed += 1) });
        return capture(afterMs);
      };
      for (let frames = 0; frames < 20; frames += 1) await turn(16);
      await turn(120);
      expect(plain(page, viewer)).toBe(false);
      for (let frames = 0; frames < 15; frames += 1) await turn(120);
      // At this pace somebody types.
      expect(plain(page, viewer)).toBe(true);
    });
  });

  it("is drawn properly where it was scrolled to", async () => {
    await spin(async ({ page, viewer, capture, settle }) => {
      page.change({ kind: "text", area: { x: 0, y: 0, width, height: 90 }, seed: 21 });
      page.change({ kind: "text", area: { x: 0, y: 150, width, height: 150 }, seed: 22 });
      await capture(16);
      page.change({ kind: "scroll", area: { x: 0, y: 0, width, height }, by: 37, seed: 5 });
      // What scrolled into view is no sign of a picture that changes all the time.
      expect(await capture(16)).toMatchObject({ shift: { dy: 37 }, dirty: 0 });
      await settle();
      expect(plain(page, viewer)).toBe(true);
    });
  });
});

it("a page of text that is too large as PNG is there at once, and crisp when it rests", async () => {
  const encoder = createEncoder();
  const page = new PaintedPage(width, height);
  for (let y = 0; y < height; y += 8) page.change({ kind: "text", area: { x: 0, y, width, height: 8 }, seed: y + 1 });
  const viewer = new SimulatedViewer();
  const image = await page.png();
  expect(image.byteLength).toBeGreaterThan(width * height * 0.35);
  const first = await encoder.encode({ image, scrolledBy: 0, fresh: true });
  expect(first).toMatchObject({ flags: packetFlags.key, rough: true });
  await viewer.draw(encodePacket({ seq: 1, ...first! }));
  await settleAll(encoder, viewer);
  expect(viewer.picture.pixels.equals(page.image.pixels)).toBe(true);
});

describe("scrolling", () => {
  const scroll = (area: PageChange & { kind: "scroll" }): Step => ({ changes: [area], fresh: false, hint: "true" });
  const content = { x: 0, y: 40, width, height: height - 40 };

  it.each(["true", "none", 77] as const)("moves what is there and draws what came in (page says: %s)", async (hint) => {
    const frames: (EncodedFrame | null)[] = [];
    const step = { ...scroll({ kind: "scroll", area: content, by: -30, seed: 3 }), hint };
    await play(createEncoder(), [step], (_page, _viewer, frame) => frames.push(frame));
    expect(frames[1]?.shift).toMatchObject({ dy: -30 });
    const { y = 0, height: high = 0 } = frames[1]?.shift ?? {};
    // The bar above is left alone.
    expect(y).toBeGreaterThanOrEqual(40);
    expect(y + high).toBeLessThanOrEqual(height);
    expect(frames[1]?.dirty).toBeLessThan(0.15);
  });

  it("leaves the menu beside it alone", async () => {
    const frames: (EncodedFrame | null)[] = [];
    const area = { x: 101, y: 0, width: width - 101, height };
    await play(createEncoder(), [scroll({ kind: "scroll", area, by: 55, seed: 3 })], (_page, _viewer, frame) =>
      frames.push(frame),
    );
    expect(frames[1]?.shift?.x).toBeGreaterThanOrEqual(101);
    expect(frames[1]?.dirty).toBeLessThan(0.25);
  });
});

describe("JPEG passed through", () => {
  const jpegOf = async (page: PaintedPage) =>
    sharp(await page.png())
      .jpeg({ quality: 60 })
      .toBuffer();

  it("is sent as it is, told how much of it moves, and not sent twice", async () => {
    const encoder = createEncoder();
    const page = new PaintedPage(width, height);
    const encode = async (fresh = false) => encoder.encode({ image: await jpegOf(page), scrolledBy: 0, fresh });
    const first = await encode(true);
    expect(first).toMatchObject({ flags: 5, width, height, dirty: 1 });
    expect(first?.rectangles[0]?.image).toEqual(await jpegOf(page));
    expect(await encode()).toBeNull();
    page.change({ kind: "photograph", area: { x: 0, y: 0, width: width / 2, height }, seed: 4 });
    expect((await encode())?.dirty).toBeCloseTo(0.5, 1);
    expect(await encode(true)).toMatchObject({ flags: 5 });
  });

  it("ends with a PNG, which is a key frame: nothing is built on what JPEG has lost", async () => {
    const encoder = createEncoder();
    const page = new PaintedPage(width, height);
    await encoder.encode({ image: await page.png(), scrolledBy: 0, fresh: true });
    await encoder.encode({ image: await jpegOf(page), scrolledBy: 0, fresh: false });
    const frame = await encoder.encode({ image: await page.png(), scrolledBy: 0, fresh: false });
    expect(frame?.flags).toBe(5);
  });
});

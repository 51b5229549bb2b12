import { encodePacket, packetFlags } from "@attestream/shared/viewer-protocol";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { DeltaEncoder, type EncodedFrame } from "./delta-encoder.ts";
import { encodeImage, encodePhotograph, readSketch } from "./image-codec.ts";
import type { RawImage } from "./raw-image.ts";
import { worstBlock } from "./testing/compare-images.ts";
import { PaintedPage, type PageChange } from "./testing/painted-page.ts";
import { SimulatedViewer } from "./testing/simulated-viewer.ts";

const width = 416;
const height = 304;

const lossless = ({ pixels, ...raw }: RawImage) => sharp(pixels, { raw }).png({ compressionLevel: 1 }).toBuffer();
const losslessEncoder = () => new DeltaEncoder({ encodeImage: lossless, encodePhotograph: lossless, readSketch });
const realEncoder = () => new DeltaEncoder({ encodeImage, encodePhotograph, readSketch });

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
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    // More than one: what changed while nothing could be captured.
    changes: fc.array(changes, { minLength: 1, maxLength: 3 }),
    fresh: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
    hint: fc.oneof(fc.constant("true" as const), fc.constant("none" as const), fc.integer({ min: -400, max: 400 })),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Shows each step to a viewer, and calls `check` once it is drawn. */
async function play(
  encoder: DeltaEncoder,
  series: Step[],
  check: (page: PaintedPage, viewer: SimulatedViewer, frame: EncodedFrame | null) => void,
): Promise<void> {
  const page = new PaintedPage(width, height);
  page.change({ kind: "text", area: { x: 0, y: 0, width, height }, seed: 99 });
  const viewer = new SimulatedViewer();
  let seq = 0;
  for (const step of [{ changes: [], fresh: true, hint: "none" as const }, ...series]) {
    for (const change of step.changes) page.change(change);
    const scrolled = step.changes.reduce((sum, change) => sum + (change.kind === "scroll" ? change.by : 0), 0);
    const scrolledBy = step.hint === "true" ? scrolled : step.hint === "none" ? 0 : step.hint;
    const frame = await encoder.encode({ image: await page.png(), scrolledBy, fresh: step.fresh });
    if (frame) await viewer.draw(encodePacket({ seq: (seq += 1), ...frame }));
    check(page, viewer, frame);
  }
}

describe("what a viewer sees", { timeout: 120_000 }, () => {
  it("is the page to the pixel where the codec keeps all", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (series) => {
        await play(losslessEncoder(), series, ({ image }, { picture }) => {
          expect(picture.pixels.equals(image.pixels)).toBe(true);
        });
      }),
      { numRuns: 25 },
    );
  });

  it("is the page within what the codec loses, and that does not add up", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (series) => {
        await play(realEncoder(), series, ({ image }, { picture }) => {
          expect(worstBlock(image, picture)).toBeLessThan(40);
        });
      }),
      { numRuns: 25 },
    );
  });
});

it("sends nothing while nothing changes", async () => {
  const kinds: (number | undefined)[] = [];
  const still: Step = { changes: [{ kind: "nothing" }], fresh: false, hint: "none" };
  await play(realEncoder(), [still, still], (_page, _viewer, frame) => kinds.push(frame?.flags));
  expect(kinds).toEqual([packetFlags.key, undefined, undefined]);
});

it("after a failure sends the whole picture, once asked for a fresh one", async () => {
  let broken = false;
  const encoder = new DeltaEncoder({
    encodeImage: (image) => (broken ? Promise.reject(new Error("no memory")) : encodeImage(image)),
    encodePhotograph,
    readSketch,
  });
  const page = new PaintedPage(width, height);
  const encode = async (fresh: boolean) => encoder.encode({ image: await page.png(), scrolledBy: 0, fresh });
  await encode(true);
  page.change({ kind: "text", area: { x: 40, y: 40, width: 60, height: 12 }, seed: 5 });
  broken = true;
  await expect(encode(false)).rejects.toThrow("no memory");
  expect((await encode(false))?.flags).toBe(5);
});

describe("scrolling", () => {
  const scroll = (area: PageChange & { kind: "scroll" }): Step => ({ changes: [area], fresh: false, hint: "true" });
  const content = { x: 0, y: 40, width, height: height - 40 };

  it.each(["true", "none", 77] as const)("moves what is there and draws what came in (page says: %s)", async (hint) => {
    const frames: (EncodedFrame | null)[] = [];
    const step = { ...scroll({ kind: "scroll", area: content, by: -30, seed: 3 }), hint };
    await play(realEncoder(), [step], (_page, _viewer, frame) => frames.push(frame));
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
    await play(realEncoder(), [scroll({ kind: "scroll", area, by: 55, seed: 3 })], (_page, _viewer, frame) =>
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
    const encoder = realEncoder();
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
    const encoder = realEncoder();
    const page = new PaintedPage(width, height);
    await encoder.encode({ image: await page.png(), scrolledBy: 0, fresh: true });
    await encoder.encode({ image: await jpegOf(page), scrolledBy: 0, fresh: false });
    const frame = await encoder.encode({ image: await page.png(), scrolledBy: 0, fresh: false });
    expect(frame?.flags).toBe(5);
  });
});

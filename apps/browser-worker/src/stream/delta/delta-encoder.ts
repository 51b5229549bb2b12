import { packetFlags, type PacketRectangle, type PacketShift } from "@attestream/shared/viewer-protocol";
import type { FrameToEncode } from "../frame-encoder.ts";
import { readJpegSize } from "../jpeg-size.ts";
import { findDirtyTiles, trim } from "./dirty-tiles.ts";
import { findShift } from "./find-shift.ts";
import type { Decoder, EncodeImage, ImageCodec } from "./image-codec.ts";
import { mergeRectangles, stackTiles } from "./merge-rectangles.ts";
import { MotionMap } from "./motion-map.ts";
import { crop, isSameShape, type Area, type RawImage } from "./raw-image.ts";

export interface EncodedFrame {
  flags: number;
  width: number;
  height: number;
  shift: PacketShift | null;
  rectangles: PacketRectangle[];
  /** Part of the picture that had to be drawn anew, 0 to 1. None of what scrolled into view: it comes once, and the rest is saved. */
  dirty: number;
  /** Some of what the viewer has is rough: to be settled once nothing moves. */
  rough: boolean;
  /** All that changed is in motion. */
  onlyMotion: boolean;
}

export interface DeltaEncoderOptions {
  codec: ImageCodec;
  /** Monotonic, milliseconds. */
  now: () => number;
}

/** Above this part of the picture the whole is sent. */
const mostInParts = 0.6;
/** The browser's own PNG is passed on up to this many bytes per pixel: text and plain areas. */
const mostForSource = 0.35;

type CapturedFrame = Omit<FrameToEncode, "seq" | "image"> & { image: Uint8Array | null };

/** The source of what the viewer has. */
interface Shown {
  image: RawImage;
  motion: MotionMap;
}

/**
 * Turns captured frames into what changed since the frame before. Keeps the source of what the viewer
 * has, never what loss made of it: so nothing adds up. Calls do not overlap; after a failure the next
 * frame becomes a whole picture.
 */
export class DeltaEncoder {
  readonly #codec: ImageCodec;
  readonly #decoder: Decoder;
  readonly #now: () => number;
  #shown: Shown | null = null;
  #passed: { image: Buffer; sketch: Buffer } | null = null;

  constructor({ codec, now }: DeltaEncoderOptions) {
    this.#codec = codec;
    this.#decoder = codec.createDecoder();
    this.#now = now;
  }

  /** Null: nothing changed, nothing to send. */
  async encode({ image, scrolledBy, fresh }: CapturedFrame): Promise<EncodedFrame | null> {
    const shown = fresh ? null : this.#shown;
    const passed = fresh ? null : this.#passed;
    // Until the frame is ready nobody knows what the viewer will have.
    this.#shown = null;
    this.#passed = null;
    if (image === null) {
      const settled = shown && (await this.#settle(shown));
      this.#shown = shown;
      this.#passed = passed;
      return settled;
    }
    const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
    const jpegSize = readJpegSize(bytes);
    if (jpegSize !== null) {
      this.#decoder.forget();
      return this.#passThrough(bytes, jpegSize, passed);
    }
    const after = await this.#decoder.decode(bytes);
    const known = shown !== null && isSameShape(shown.image, after) ? shown : null;
    const motion = known?.motion ?? new MotionMap(after);
    const frame = known
      ? await this.#difference(bytes, known, after, scrolledBy)
      : await this.#whole(bytes, { image: after, motion }, 1);
    this.#shown = { image: after, motion };
    return frame;
  }

  async #difference(
    source: Buffer,
    { image: before, motion }: Shown,
    after: RawImage,
    scrolledBy: number,
  ): Promise<EncodedFrame | null> {
    const now = this.#now();
    const tiles = findDirtyTiles({ before, shift: null }, after);
    motion.noteChange(tiles, now);
    const moved = findShift(before, after, { tiles, hint: scrolledBy });
    if (moved) motion.noteShift(moved.shift);
    const ground = { before, shift: moved?.shift ?? null };
    const areas = mergeRectangles(moved?.tiles ?? tiles, after).map((area) => trim(ground, after, area));
    const dirty = areas.reduce((sum, { width, height }) => sum + width * height, 0) / (after.width * after.height);
    if (dirty > mostInParts) return this.#whole(source, { image: after, motion }, dirty);
    const settled = motion.takeSettled(now, { all: false });
    if (areas.length + settled.length === 0) return null;
    // What scrolls by is read while it does, and stays.
    const cuts = areas.map((area) => ({ area, moving: !moved && motion.isMoving(area, tiles) }));
    const [rectangles, settling] = await Promise.all([
      Promise.all(cuts.map(({ area, moving }) => this.#cut({ image: after, motion }, area, moving))),
      this.#cutSettled({ image: after, motion }, settled),
    ]);
    rectangles.push(...settling);
    this.#judge({ image: after, motion });
    const { width, height } = after;
    const { shift } = ground;
    const onlyMotion = !moved && cuts.length > 0 && cuts.every(({ moving }) => moving);
    const told = { dirty: moved ? 0 : dirty, rough: motion.hasRough, onlyMotion };
    return { flags: packetFlags.delta, width, height, shift, rectangles, ...told };
  }

  /** Some of all that is rough, properly. */
  async #settle({ image, motion }: Shown): Promise<EncodedFrame | null> {
    const { width, height } = image;
    const rectangles = await this.#cutSettled({ image, motion }, motion.takeSettled(this.#now(), { all: true }));
    if (rectangles.length === 0) return null;
    const told = { dirty: 0, rough: motion.hasRough, onlyMotion: false };
    return { flags: packetFlags.delta, width, height, shift: null, rectangles, ...told };
  }

  /** What changed in this area; what was lost is remembered. */
  async #cut({ image, motion }: Shown, area: Area, moving: boolean): Promise<PacketRectangle> {
    const encode = moving ? this.#codec.encodeRoughly : this.#codec.encodeImage;
    const { bytes, exact } = await encode(crop(image, area));
    if (moving) motion.noteRough(area, this.#now());
    else if (!exact) motion.noteLoss(area, this.#now());
    return { ...area, image: bytes };
  }

  /** Without loss what is drawn, apart from what is not: the one would spoil the other. */
  async #cutSettled({ image, motion }: Shown, tiles: Area[]): Promise<PacketRectangle[]> {
    const drawn = new Set(tiles.filter((tile) => this.#isDrawn(image, tile)));
    const cut = async (area: Area, encode: EncodeImage) => ({
      ...area,
      image: (await encode(crop(image, area))).bytes,
    });
    const photographs = tiles.filter((tile) => !drawn.has(tile));
    for (const tile of photographs) motion.noteLoss(tile, this.#now());
    return Promise.all([
      ...stackTiles([...drawn], image).map((area) => cut(area, this.#codec.encodeExactly)),
      ...stackTiles(photographs, image).map((area) => cut(area, this.#codec.encodeImage)),
    ]);
  }

  async #whole(source: Buffer, { image, motion }: Shown, dirty: number): Promise<EncodedFrame> {
    const { width, height } = image;
    motion.clear();
    const pass = source.byteLength <= width * height * mostForSource;
    if (pass) return wholeFrame(source, { width, height, pass, dirty });
    // There at once, if with some loss; text gets its edges when the page rests.
    motion.noteLoss({ x: 0, y: 0, width, height }, this.#now());
    this.#judge({ image, motion });
    const { bytes } = await this.#codec.encodePhotograph(image);
    return { ...wholeFrame(bytes, { width, height, pass, dirty }), rough: motion.hasRough };
  }

  #judge({ image, motion }: Shown): void {
    motion.judge((tile) => this.#isDrawn(image, tile));
  }

  #isDrawn(image: RawImage, tile: Area): boolean {
    return this.#codec.isDrawn(crop(image, tile));
  }

  async #passThrough(
    image: Buffer,
    size: { width: number; height: number },
    before: { image: Buffer; sketch: Buffer } | null,
  ): Promise<EncodedFrame | null> {
    if (before?.image.equals(image)) {
      this.#passed = before;
      return null;
    }
    const sketch = await this.#codec.readSketch(image, size);
    this.#passed = { image, sketch };
    return wholeFrame(image, { ...size, pass: true, dirty: before ? partThatDiffers(before.sketch, sketch) : 1 });
  }
}

function wholeFrame(
  image: Uint8Array,
  { width, height, pass, dirty }: { width: number; height: number; pass: boolean; dirty: number },
): EncodedFrame {
  const flags = packetFlags.key | (pass ? packetFlags.passThrough : 0);
  const rectangles = [{ x: 0, y: 0, width, height, image }];
  return { flags, width, height, shift: null, rectangles, dirty, rough: false, onlyMotion: false };
}

function partThatDiffers(before: Buffer, after: Buffer): number {
  if (before.byteLength !== after.byteLength) return 1;
  let count = 0;
  for (let at = 0; at < after.byteLength; at += 1) if (before[at] !== after[at]) count += 1;
  return count / after.byteLength;
}

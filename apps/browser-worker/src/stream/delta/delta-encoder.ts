import { packetFlags, type PacketRectangle, type PacketShift } from "@attestream/shared/viewer-protocol";
import type { FrameToEncode } from "../frame-encoder.ts";
import { readJpegSize } from "../jpeg-size.ts";
import { findDirtyTiles, trim } from "./dirty-tiles.ts";
import { findShift } from "./find-shift.ts";
import type { EncodeImage, ImageCodec } from "./image-codec.ts";
import { mergeRectangles } from "./merge-rectangles.ts";
import { MotionMap } from "./motion-map.ts";
import { crop, isSameShape, type Area, type RawImage } from "./raw-image.ts";

export interface EncodedFrame {
  flags: number;
  width: number;
  height: number;
  shift: PacketShift | null;
  rectangles: PacketRectangle[];
  /** Part of the picture that had to be drawn anew, 0 to 1. */
  dirty: number;
  /** Some of what the viewer has is rough: to be settled once nothing moves. */
  rough: boolean;
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
  readonly #now: () => number;
  #shown: Shown | null = null;
  #passed: { image: Buffer; sketch: Buffer } | null = null;

  constructor({ codec, now }: DeltaEncoderOptions) {
    this.#codec = codec;
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
    if (jpegSize !== null) return this.#passThrough(bytes, jpegSize, passed);
    const after = await this.#codec.decode(bytes);
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
    const tiles = findDirtyTiles(before, after);
    motion.noteChange(tiles, now);
    const moved = findShift(before, after, { tiles, hint: scrolledBy });
    if (moved) motion.noteShift(moved.shift);
    const areas = mergeRectangles(moved?.tiles ?? tiles, after).map((area) =>
      trim(moved?.shifted ?? before, after, area),
    );
    const dirty = areas.reduce((sum, { width, height }) => sum + width * height, 0) / (after.width * after.height);
    const whole = dirty > mostInParts;
    const settled = mergeRectangles(motion.takeSettled(now, { all: whole }), after);
    if (whole) return this.#whole(source, { image: after, motion }, dirty);
    if (areas.length + settled.length === 0) return null;
    // What scrolls by is read while it does, and stays.
    const moving = moved ? [] : areas.filter((area) => motion.isMoving(area, tiles));
    for (const area of moving) motion.noteRough(area, now);
    const rectangles = await Promise.all([
      ...areas.map((area) =>
        cut(after, area, moving.includes(area) ? this.#codec.encodeRoughly : this.#codec.encodeImage),
      ),
      ...settled.map((area) => cut(after, area, this.#codec.encodeImage)),
    ]);
    const { width, height } = after;
    const shift = moved?.shift ?? null;
    return { flags: packetFlags.delta, width, height, shift, rectangles, dirty, rough: motion.hasRough };
  }

  /** All that is rough, properly. */
  async #settle({ image, motion }: Shown): Promise<EncodedFrame | null> {
    const { width, height } = image;
    const areas = mergeRectangles(motion.takeSettled(this.#now(), { all: true }), image);
    if (areas.length === 0) return null;
    const rectangles = await Promise.all(areas.map((area) => cut(image, area, this.#codec.encodeImage)));
    return { flags: packetFlags.delta, width, height, shift: null, rectangles, dirty: 0, rough: false };
  }

  async #whole(source: Buffer, { image, motion }: Shown, dirty: number): Promise<EncodedFrame> {
    const { width, height } = image;
    const pass = source.byteLength <= width * height * mostForSource;
    if (pass) return wholeFrame(source, { width, height, pass, dirty });
    // There at once, if with some loss; text gets its edges when the page rests.
    const rough = this.#codec.isDrawn(image);
    if (rough) motion.noteRough({ x: 0, y: 0, width, height }, this.#now());
    return { ...wholeFrame(await this.#codec.encodePhotograph(image), { width, height, pass, dirty }), rough };
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

async function cut(picture: RawImage, area: Area, encode: EncodeImage): Promise<PacketRectangle> {
  return { ...area, image: await encode(crop(picture, area)) };
}

function wholeFrame(
  image: Uint8Array,
  { width, height, pass, dirty }: { width: number; height: number; pass: boolean; dirty: number },
): EncodedFrame {
  const flags = packetFlags.key | (pass ? packetFlags.passThrough : 0);
  return { flags, width, height, shift: null, rectangles: [{ x: 0, y: 0, width, height, image }], dirty, rough: false };
}

function partThatDiffers(before: Buffer, after: Buffer): number {
  if (before.byteLength !== after.byteLength) return 1;
  let count = 0;
  for (let at = 0; at < after.byteLength; at += 1) if (before[at] !== after[at]) count += 1;
  return count / after.byteLength;
}

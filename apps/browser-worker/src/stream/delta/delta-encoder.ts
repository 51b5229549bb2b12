import { packetFlags, type PacketRectangle, type PacketShift } from "@attestream/shared/viewer-protocol";
import type { FrameToEncode } from "../frame-encoder.ts";
import { readJpegSize } from "../jpeg-size.ts";
import { decodePng, isPng } from "./decode-png.ts";
import { findDirtyTiles, trim, type DirtyTiles } from "./dirty-tiles.ts";
import { findShift } from "./find-shift.ts";
import type { EncodeImage } from "./image-codec.ts";
import { mergeRectangles } from "./merge-rectangles.ts";
import { crop, isSameShape, type Area, type RawImage } from "./raw-image.ts";

type CapturedFrame = Omit<FrameToEncode, "seq" | "image"> & { image: Uint8Array };

export interface EncodedFrame {
  flags: number;
  width: number;
  height: number;
  shift: PacketShift | null;
  rectangles: PacketRectangle[];
  /** Part of the picture that had to be drawn anew, 0 to 1. */
  dirty: number;
}

export interface DeltaEncoderOptions {
  encodeImage: EncodeImage;
  encodePhotograph: EncodeImage;
  readSketch: (jpeg: Uint8Array, size: { width: number; height: number }) => Promise<Buffer>;
}

/** Above this part of the picture the whole is sent. */
const mostInParts = 0.6;
/** The browser's own PNG is passed on up to this many bytes per pixel: text and plain areas. */
const mostForSource = 0.35;

/**
 * Turns captured frames into what changed since the frame before. Keeps the source of what the viewer
 * has, never what loss made of it: so nothing adds up. Calls do not overlap; after a failure the next
 * frame must be asked for fresh.
 */
export class DeltaEncoder {
  readonly #options: DeltaEncoderOptions;
  #shown: RawImage | null = null;
  #passed: { image: Buffer; sketch: Buffer | null } | null = null;

  constructor(options: DeltaEncoderOptions) {
    this.#options = options;
  }

  /** Null: nothing changed, nothing to send. */
  async encode({ image, scrolledBy, fresh }: CapturedFrame): Promise<EncodedFrame | null> {
    const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
    if (fresh) this.#forget();
    return isPng(bytes) ? this.#encodeChange(bytes, scrolledBy) : this.#passThrough(bytes);
  }

  #forget(): void {
    this.#shown = null;
    this.#passed = null;
  }

  async #encodeChange(source: Buffer, scrolledBy: number): Promise<EncodedFrame | null> {
    const after = decodePng(source);
    const before = this.#shown;
    this.#forget();
    const frame =
      before === null || !isSameShape(before, after)
        ? await this.#whole(source, after, 1)
        : await this.#difference(source, before, after, scrolledBy);
    this.#shown = after;
    return frame;
  }

  async #difference(
    source: Buffer,
    before: RawImage,
    after: RawImage,
    scrolledBy: number,
  ): Promise<EncodedFrame | null> {
    const tiles = findDirtyTiles(before, after);
    if (tiles.count === 0) return null;
    const moved = findShift(before, after, { tiles, hint: scrolledBy });
    const areas = moved ? this.#areasOf(moved.shifted, after, moved.tiles) : this.#areasOf(before, after, tiles);
    const dirty = areas.reduce((sum, { width, height }) => sum + width * height, 0) / (after.width * after.height);
    if (dirty > mostInParts) return this.#whole(source, after, dirty);
    const rectangles = await Promise.all(
      areas.map(async (area) => ({ ...area, image: await this.#options.encodeImage(crop(after, area)) })),
    );
    const { width, height } = after;
    return { flags: packetFlags.delta, width, height, shift: moved?.shift ?? null, rectangles, dirty };
  }

  #areasOf(before: RawImage, after: RawImage, tiles: DirtyTiles): Area[] {
    return mergeRectangles(tiles, after).map((area) => trim(before, after, area));
  }

  async #whole(source: Buffer, { width, height, ...raw }: RawImage, dirty: number): Promise<EncodedFrame> {
    const pass = source.byteLength <= width * height * mostForSource;
    const image = pass ? source : await this.#options.encodePhotograph({ width, height, ...raw });
    const flags = packetFlags.key | (pass ? packetFlags.passThrough : 0);
    return { flags, width, height, shift: null, rectangles: [{ x: 0, y: 0, width, height, image }], dirty };
  }

  async #passThrough(image: Buffer): Promise<EncodedFrame | null> {
    const size = readJpegSize(image);
    if (size === null) throw new Error("the screencast frame is neither PNG nor JPEG");
    const before = this.#passed;
    this.#forget();
    if (before?.image.equals(image)) {
      this.#passed = before;
      return null;
    }
    const sketch = await this.#options.readSketch(image, size);
    this.#passed = { image, sketch };
    return {
      flags: packetFlags.key | packetFlags.passThrough,
      ...size,
      shift: null,
      rectangles: [{ x: 0, y: 0, ...size, image }],
      dirty: before?.sketch ? partThatDiffers(before.sketch, sketch) : 1,
    };
  }
}

function partThatDiffers(before: Buffer, after: Buffer): number {
  if (before.byteLength !== after.byteLength) return 1;
  let count = 0;
  for (let at = 0; at < after.byteLength; at += 1) if (before[at] !== after[at]) count += 1;
  return count / after.byteLength;
}

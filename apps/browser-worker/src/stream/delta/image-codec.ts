import sharp from "sharp";
import { isSameRow, type RawImage } from "./raw-image.ts";

/** Turns pixels into an image that every browser can decode. */
export type EncodeImage = (image: RawImage) => Promise<Uint8Array>;

/** Above this, WebP takes longer than it saves. */
const mostForWebp = 64 * 1024;
/** Text, lines and plain areas repeat their neighbours in most pixels, photographs in few. */
const leastRepeated = 0.5;

// An image is encoded once and never seen again: nothing to cache, nothing of it kept.
sharp.cache(false);
// Rectangles are encoded side by side; within one there is nothing to gain.
sharp.concurrency(1);

/**
 * What is drawn (text, lines, plain areas) goes out without loss: WebP while it is small, the fastest
 * PNG above. What looks like a photograph goes out with loss: WebP while it is small, JPEG above.
 */
export const encodeImage: EncodeImage = async (image) => {
  const { width, height, channels, pixels } = image;
  const source = sharp(pixels, { raw: { width, height, channels } }).removeAlpha();
  const small = width * height <= mostForWebp;
  if (isDrawn(image))
    return small
      ? source.webp({ lossless: true, effort: 1 }).toBuffer()
      : source.png({ compressionLevel: 1 }).toBuffer();
  return small ? source.webp({ quality: 80, effort: 0 }).toBuffer() : encodePhotograph(image);
};

/** A whole picture with loss. */
export const encodePhotograph: EncodeImage = ({ width, height, channels, pixels }) =>
  sharp(pixels, { raw: { width, height, channels } }).removeAlpha().jpeg({ quality: 80 }).toBuffer();

/** The picture at an eighth of its size, in grey: for a JPEG that is one value a block, read without decoding the rest. */
export async function readSketch(jpeg: Uint8Array, size: { width: number; height: number }): Promise<Buffer> {
  return sharp(jpeg)
    .resize(Math.ceil(size.width / 8), Math.ceil(size.height / 8), { fit: "fill", kernel: "nearest" })
    .greyscale()
    .raw()
    .toBuffer();
}

/** By every fourth row: which pixels are as the one before them, or as the one above. */
export function isDrawn(image: RawImage): boolean {
  const { width, height, channels, pixels } = image;
  let seen = 0;
  let repeated = 0;
  for (let row = 1; row < height; row += 4) {
    seen += width - 1;
    if (isSameRow(image, image, { x: 0, width, row, otherRow: row - 1 })) {
      repeated += width - 1;
      continue;
    }
    const from = row * width * channels;
    for (let at = from + channels; at < from + width * channels; at += channels)
      if (isSamePixel(pixels, at, at - channels) || isSamePixel(pixels, at, at - width * channels)) repeated += 1;
  }
  return repeated >= seen * leastRepeated;
}

function isSamePixel(pixels: Buffer, one: number, other: number): boolean {
  return (
    pixels[one] === pixels[other] && pixels[one + 1] === pixels[other + 1] && pixels[one + 2] === pixels[other + 2]
  );
}

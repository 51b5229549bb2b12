import sharp, { type Sharp } from "sharp";
import { PngReader } from "./read-png.ts";
import { isSameRow, type RawImage } from "./raw-image.ts";
import { writePng } from "./write-png.ts";

export interface EncodedImage {
  /** Of a type that every browser can decode. */
  bytes: Uint8Array;
  /** The pixels that come out are those that went in. */
  exact: boolean;
}

export type EncodeImage = (image: RawImage) => Promise<EncodedImage>;

export interface Decoder {
  /** Of a PNG. */
  decode: (png: Buffer) => Promise<RawImage>;
  /** Lets go of the pictures before. */
  forget: () => void;
}

export interface ImageCodec {
  /** For one stream's pictures, each of which is gone with the second after it. */
  createDecoder: () => Decoder;
  /** For a picture that stays: as few bytes as its kind takes. */
  encodeImage: EncodeImage;
  encodeExactly: EncodeImage;
  /** For one that is replaced in a moment, and given properly when it stays. */
  encodeRoughly: EncodeImage;
  /** A whole picture with loss. */
  encodePhotograph: EncodeImage;
  /** Text, lines, plain areas: what loss would be seen in. */
  isDrawn: (image: RawImage) => boolean;
  /** The picture at an eighth of its size, in grey: for a JPEG that is one value a block, read without decoding the rest. */
  readSketch: (jpeg: Uint8Array, size: { width: number; height: number }) => Promise<Buffer>;
}

const mostPixels = 8192 * 8192;
/** Above this, WebP takes longer than it saves. */
const mostForWebp = 64 * 1024;
/** Up to this, a plain PNG is a few hundred bytes more than WebP. */
const mostForPlainPng = 4 * 1024;
/** Text, lines and plain areas repeat their neighbours in most pixels, photographs in few. */
const leastRepeated = 0.5;
/** Of a picture that stays; 64 x 64 px of a spinner take 480 bytes. */
const qualityThatStays = 80;
/** Of one that is gone in a moment: a tenth fewer bytes than at 60, and four times enlarged it looks alike. */
const qualityInMotion = 45;
/** Bytes per pixel of a PNG of text. */
const bytesOfText = 0.25;

// An image is encoded once and never seen again: nothing to cache, nothing of it kept.
sharp.cache(false);
// Rectangles are encoded side by side; within one there is nothing to gain.
sharp.concurrency(1);

export const imageCodec: ImageCodec = {
  createDecoder,
  encodeImage,
  encodeExactly,
  encodeRoughly,
  encodePhotograph,
  isDrawn,
  readSketch,
};

function createDecoder(): Decoder {
  const reader = new PngReader();
  return { decode: async (png) => reader.read(png) ?? decodeAny(png), forget: () => reader.forget() };
}

async function decodeAny(png: Buffer): Promise<RawImage> {
  const source = sharp(png, { failOn: "warning", limitInputPixels: mostPixels });
  const { data, info } = await source.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4) throw new Error("a screencast frame without colours");
  return { width, height, channels, pixels: data };
}

/**
 * What is drawn (text, lines, plain areas) goes out without loss: a plain PNG while it is small, for somebody waits for
 * it, the fastest PNG of sharp above. What looks like a photograph goes out with loss: WebP while it is small, JPEG above;
 * so does what PNG would make much larger, such as colours that run into each other.
 */
async function encodeImage(image: RawImage): Promise<EncodedImage> {
  if (!isDrawn(image)) return encodeWithLoss(image, qualityThatStays);
  const plain = isSmall(image) ? writePng(image) : null;
  if (plain && isOfText(image, plain)) return { bytes: plain, exact: true };
  const exact = await encodeExactly(image);
  if (isSmall(image) || isOfText(image, exact.bytes)) return exact;
  const photograph = await encodePhotograph(image);
  return photograph.bytes.byteLength < exact.bytes.byteLength / 2 ? photograph : exact;
}

/** Fewer bytes for more time: for what settles, and nobody waits for; and where a plain PNG is too large. */
async function encodeExactly(image: RawImage): Promise<EncodedImage> {
  if (image.width * image.height <= mostForPlainPng) return { bytes: writePng(image), exact: true };
  const encoder = open(image);
  const exact = isSmall(image) ? encoder.webp({ lossless: true, effort: 1 }) : encoder.png({ compressionLevel: 1 });
  return { bytes: await exact.toBuffer(), exact: true };
}

function encodeRoughly(image: RawImage): Promise<EncodedImage> {
  return encodeWithLoss(image, qualityInMotion);
}

async function encodePhotograph(image: RawImage): Promise<EncodedImage> {
  return { bytes: await open(image).jpeg({ quality: qualityThatStays }).toBuffer(), exact: false };
}

async function encodeWithLoss(image: RawImage, quality: number): Promise<EncodedImage> {
  if (!isSmall(image)) return encodePhotograph(image);
  return { bytes: await open(image).webp({ quality, effort: 2 }).toBuffer(), exact: false };
}

const isOfText = ({ width, height }: RawImage, { byteLength }: Uint8Array) =>
  byteLength <= width * height * bytesOfText;

const isSmall = ({ width, height }: RawImage) => width * height <= mostForWebp;

function readSketch(jpeg: Uint8Array, size: { width: number; height: number }): Promise<Buffer> {
  return sharp(jpeg)
    .resize(Math.ceil(size.width / 8), Math.ceil(size.height / 8), { fit: "fill", kernel: "nearest" })
    .greyscale()
    .raw()
    .toBuffer();
}

function open({ width, height, channels, pixels }: RawImage): Sharp {
  return sharp(pixels, { raw: { width, height, channels } }).removeAlpha();
}

/** By every fourth row: which pixels are as the one before them, or as the one above. */
function isDrawn(image: RawImage): boolean {
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

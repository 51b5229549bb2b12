import { inflateSync } from "node:zlib";
import type { RawImage } from "./raw-image.ts";

const mostSide = 8192;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function isPng(bytes: Uint8Array): boolean {
  return signature.equals(bytes.subarray(0, signature.length));
}

/**
 * The pixels of a PNG of the kind that the screencast makes: 8 bits, RGB or RGBA, not interlaced.
 * Chromium filters every row by the row above, which is undone four bytes at a time: half the time of a
 * general decoder. Throws for anything else, and for whatever is not whole.
 */
export function decodePng(bytes: Uint8Array): RawImage {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isPng(file) || file.byteLength < 33) throw new Error("not a PNG");
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const channels = ({ 2: 3, 6: 4 } as const)[file[25] ?? 0];
  if (file[24] !== 8 || channels === undefined || file[28] !== 0) throw new Error("not a PNG of a screencast");
  if (width < 1 || height < 1 || width > mostSide || height > mostSide) throw new Error("a PNG out of bounds");
  const size = (width * channels + 1) * height;
  const rows = inflateSync(collectData(file), { maxOutputLength: size, chunkSize: Math.max(size, 64) });
  if (rows.byteLength !== size) throw new Error("a PNG that is cut off");
  return { width, height, channels, pixels: unfilter(rows, width * channels, height, channels) };
}

function collectData(file: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = signature.length; at + 12 <= file.byteLength;) {
    const length = file.readUInt32BE(at);
    if (at + 12 + length > file.byteLength) throw new Error("a PNG that is cut off");
    if (file.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

/** Rows with a leading filter byte to pixels. */
function unfilter(rows: Buffer, rowBytes: number, height: number, channels: number): Buffer {
  const pixels = Buffer.from(new ArrayBuffer(rowBytes * height));
  const words = rowBytes % 4 === 0 ? new Int32Array(pixels.buffer) : null;
  for (let row = 0; row < height; row += 1) {
    const from = row * (rowBytes + 1);
    const to = row * rowBytes;
    const filter = rows[from] ?? 0;
    pixels.set(rows.subarray(from + 1, from + 1 + rowBytes), to);
    if (filter === 0 || (filter === 2 && row === 0)) continue;
    if (filter === 2 && words) addRowAbove(words, to / 4, rowBytes / 4);
    else if (filter <= 4) unfilterRow(pixels, { filter, to, rowBytes, channels, first: row === 0 });
    else throw new Error("a PNG with an unknown filter");
  }
  return pixels;
}

const lowBits = 0x7f7f7f7f;

/** Adds byte by byte, four at once: the carry of each byte is kept out of the next. */
function addRowAbove(words: Int32Array, from: number, length: number): void {
  for (let at = from; at < from + length; at += 1) {
    const value = words[at]!;
    const above = words[at - length]!;
    words[at] = ((value & lowBits) + (above & lowBits)) ^ ((value ^ above) & ~lowBits);
  }
}

function unfilterRow(
  pixels: Buffer,
  row: { filter: number; to: number; rowBytes: number; channels: number; first: boolean },
): void {
  const { filter, to, rowBytes, channels, first } = row;
  for (let index = 0; index < rowBytes; index += 1) {
    const at = to + index;
    const left = index < channels ? 0 : pixels[at - channels]!;
    const above = first ? 0 : pixels[at - rowBytes]!;
    const corner = first || index < channels ? 0 : pixels[at - rowBytes - channels]!;
    pixels[at] = pixels[at]! + predict(filter, left, above, corner);
  }
}

function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

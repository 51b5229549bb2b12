import { inflateSync } from "node:zlib";
import { release } from "./release.ts";
import { isSameShape, type RawImage, type Shape } from "./raw-image.ts";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const filters = { none: 0, up: 2 } as const;
const mostPixels = 8192 * 8192;

interface Read {
  image: RawImage;
  /** The rows as the PNG tells them, each after the number of its filter. */
  told: Buffer;
}

/**
 * Reads the PNGs of one screencast: 8 bits, colours or colours and alpha, every row told as it is or by its difference from
 * the one above. A row that is told as in the picture before, below one that is the same, is the same: of a page on
 * which somebody types, all but those of a line. Only the others are worked out, and compared.
 *
 * Two pictures are kept and written in turns: one that was read is gone with the second read after it.
 */
export class PngReader {
  #last: Read | null = null;
  /** Pixels of the picture before the last one: not those of the last in the rows that changed with it. */
  #spare: Buffer | null = null;

  /** Null for a PNG of another kind, and for what is none; throws for one that is damaged. */
  read(png: Buffer): RawImage | null {
    const [last, spare] = [this.#last, this.#spare];
    this.forget();
    const parts = png.subarray(0, 8).equals(signature) ? readChunks(png) : null;
    if (parts === null) return null;
    const told = inflateRows(parts);
    const known = last && isSameShape(last.image, parts.header) ? last : null;
    const read = known ? followUp(told, known, spare) : first(parts.header, told);
    // Or each picture would hold on to the one before.
    delete known?.image.changed;
    if (read === null) return null;
    if (last) release(last.told);
    this.#last = read;
    this.#spare = known?.image.pixels ?? null;
    return read.image;
  }

  /** Lets go of what it has read. */
  forget(): void {
    this.#last = null;
    this.#spare = null;
  }
}

function first(header: Shape, told: Buffer): Read | null {
  const pixels = Buffer.allocUnsafeSlow(header.width * header.channels * header.height);
  const unfilter = rowReader(header, told, pixels);
  for (let row = 0; row < header.height; row += 1) if (!unfilter(row)) return null;
  return { image: { ...header, pixels }, told };
}

function followUp(told: Buffer, { image: before, told: toldBefore }: Read, spare: Buffer | null): Read | null {
  const { width, height, channels } = before;
  const rowBytes = width * channels;
  const pixels = spare ?? Buffer.from(before.pixels);
  const stale = new Set(before.changed?.rows);
  const unfilter = rowReader(before, told, pixels);
  const rows: number[] = [];
  // Above the first row both have nothing.
  let sameAbove = true;
  for (let row = 0; row < height; row += 1) {
    const at = row * rowBytes;
    const from = row * (rowBytes + 1);
    if (sameAbove && told.compare(toldBefore, from, from + rowBytes + 1, from, from + rowBytes + 1) === 0) {
      if (stale.has(row)) before.pixels.copy(pixels, at, at, at + rowBytes);
      continue;
    }
    if (!unfilter(row)) return null;
    sameAbove = pixels.compare(before.pixels, at, at + rowBytes, at, at + rowBytes) === 0;
    if (!sameAbove) rows.push(row);
  }
  return { image: { width, height, channels, pixels, changed: { since: before, rows } }, told };
}

function inflateRows({ header: { width, height, channels }, data }: { header: Shape; data: Buffer[] }): Buffer {
  const bytes = (width * channels + 1) * height;
  // In one piece, the default being hundreds; larger by a few bytes, for one that is full is followed by another.
  const told = inflateSync(Buffer.concat(data), { chunkSize: bytes + 64, maxOutputLength: bytes });
  if (told.byteLength !== bytes) throw new Error("a PNG that is cut off");
  return told;
}

function readChunks(png: Buffer): { header: Shape; data: Buffer[] } | null {
  let header: Shape | null = null;
  const data: Buffer[] = [];
  for (let at = signature.length; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = readHeader(body);
    if (type === "IHDR" && header === null) return null;
    if (type === "IDAT") data.push(body);
    if (type === "IEND") break;
    at += 12 + length;
  }
  return header && { header, data };
}

function readHeader(body: Buffer): Shape | null {
  if (body.length < 13) return null;
  const [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
  const [depth, colours, , , interlaced] = body.subarray(8, 13);
  const channels = colours === 2 ? 3 : colours === 6 ? 4 : null;
  const isPlain = depth === 8 && interlaced === 0 && width > 0 && height > 0 && width * height <= mostPixels;
  return isPlain && channels !== null ? { width, height, channels } : null;
}

/** Writes the pixels of a row, those above it being there. False for a filter that Chromium's screencast does not use. */
function rowReader({ width, channels }: Shape, told: Buffer, pixels: Buffer): (row: number) => boolean {
  const rowBytes = width * channels;
  const add = rowBytes % 4 === 0 ? addWords(pixels) : addBytes(pixels);
  return (row) => {
    const from = row * (rowBytes + 1);
    const filter = told[from];
    if (filter !== filters.up && filter !== filters.none) return false;
    told.copy(pixels, row * rowBytes, from + 1, from + 1 + rowBytes);
    if (filter === filters.up && row > 0) add(row * rowBytes, rowBytes);
    return true;
  };
}

/** Adds to a row the one above. */
type AddRowAbove = (at: number, rowBytes: number) => void;

/** Four bytes at a time, for rows that are made of fours, as those of the usual sizes are. */
function addWords(pixels: Buffer): AddRowAbove {
  const words = new Int32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4);
  return (at, rowBytes) => {
    const distance = rowBytes / 4;
    const end = (at + rowBytes) / 4;
    for (let index = at / 4; index < end; index += 1) {
      const one = words[index]!;
      const other = words[index - distance]!;
      // Sums side by side; the highest bit of each byte apart, so that nothing is carried into the next.
      words[index] = ((one & 0x7f7f7f7f) + (other & 0x7f7f7f7f)) ^ ((one ^ other) & -0x7f7f7f80);
    }
  };
}

function addBytes(pixels: Buffer): AddRowAbove {
  return (at, rowBytes) => {
    for (let index = at; index < at + rowBytes; index += 1)
      pixels[index] = (pixels[index]! + pixels[index - rowBytes]!) & 0xff;
  };
}

import { constants, inflateSync } from "node:zlib";

/**
 * The colour of one pixel near the top of a PNG (8 bits per channel, RGB or RGBA, not interlaced: what the
 * screencast gives). Unpacks no more rows than it must, so that looking does not hold up what is measured.
 */
export function readPngPixel(png: Buffer, x: number, y: number): { red: number; green: number; blue: number } {
  const width = png.readUInt32BE(16);
  const channels = png[25] === 6 ? 4 : png[25] === 2 ? 3 : 0;
  if (png.toString("latin1", 1, 4) !== "PNG" || png[24] !== 8 || channels === 0 || png[28] !== 0)
    throw new Error("not a PNG of the kind that a screencast gives");
  const stride = width * channels;
  const rows = unpack(png, (stride + 1) * (y + 1));
  let above: Uint8Array = new Uint8Array(stride);
  for (let row = 0; row <= y; row += 1) {
    const at = row * (stride + 1);
    const line = Uint8Array.from(rows.subarray(at + 1, at + 1 + stride));
    unfilter(rows[at] ?? 0, line, above, channels);
    above = line;
  }
  const [red = 0, green = 0, blue = 0] = above.subarray(x * channels, x * channels + 3);
  return { red, green, blue };
}

/** The first `needed` bytes of the picture's data. */
function unpack(png: Buffer, needed: number): Buffer {
  const parts: Buffer[] = [];
  let packed = 0;
  for (let at = 8; at + 8 <= png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(png.subarray(at + 8, at + 8 + length));
      packed += length;
      // Pictures pack well: most often the first part is enough.
      if (packed >= needed / 8) {
        const rows = inflatePart(parts);
        if (rows.length >= needed) return rows;
      }
    }
    at += length + 12;
  }
  const rows = inflatePart(parts);
  if (rows.length < needed) throw new Error("the PNG is shorter than its size says");
  return rows;
}

/** What can be unpacked of a stream that may be cut off. */
function inflatePart(parts: Buffer[]): Buffer {
  return inflateSync(Buffer.concat(parts), { finishFlush: constants.Z_SYNC_FLUSH });
}

function unfilter(filter: number, line: Uint8Array, above: Uint8Array, channels: number): void {
  for (let index = 0; index < line.length; index += 1) {
    const left = line[index - channels] ?? 0;
    const up = above[index] ?? 0;
    const upLeft = above[index - channels] ?? 0;
    line[index] = (line[index] ?? 0) + predicted(filter, left, up, upLeft);
  }
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const guess = left + up - upLeft;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)];
      return a <= b && a <= c ? left : b <= c ? up : upLeft;
    }
    default:
      return 0;
  }
}

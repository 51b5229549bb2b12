import { deflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { readPngPixel } from "./png-pixel.ts";

const colours = [
  [10, 20, 30],
  [200, 100, 50],
  [1, 2, 3],
  [255, 0, 128],
] as const;

/** 4 x 5 pixels, each row written with another filter, the data in chunks of `part` bytes. */
function makePng(channels: 3 | 4, part: number): Buffer {
  const stride = 4 * channels;
  const pixels = Array.from({ length: 5 }, (_, y) =>
    Array.from({ length: 4 }, (__, x) => [...(colours[(x + y) % 4] ?? []), 255].slice(0, channels)).flat(),
  );
  const filtered = pixels.flatMap((row, filter) => [
    filter,
    ...row.map((value, index) => {
      const left = row[index - channels] ?? 0;
      const up = pixels[filter - 1]?.[index] ?? 0;
      const upLeft = (index >= channels ? pixels[filter - 1]?.[index - channels] : 0) ?? 0;
      const paeth = [left, up, upLeft].toSorted(
        (a, b) => Math.abs(left + up - upLeft - a) - Math.abs(left + up - upLeft - b),
      )[0];
      return (value - ([0, left, up, (left + up) >> 1, paeth][filter] ?? 0)) & 255;
    }),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(4, 0);
  header.writeUInt32BE(pixels.length, 4);
  header.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8);
  const data = deflateSync(Buffer.from(filtered));
  const chunks = [chunk("IHDR", header)];
  for (let at = 0; at < data.length; at += part) chunks.push(chunk("IDAT", data.subarray(at, at + part)));
  expect(stride * 5 + 5).toBe(filtered.length);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks, chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type, "latin1"), data, Buffer.alloc(4)]);
}

it.each([
  [3, 1000],
  [4, 1000],
  [3, 7],
  [4, 7],
] as const)("reads every pixel, %i channels in chunks of %i bytes, through every filter", (channels, part) => {
  const png = makePng(channels, part);
  for (let y = 0; y < 5; y += 1) {
    for (let x = 0; x < 4; x += 1) {
      const [red, green, blue] = colours[(x + y) % 4] ?? [];
      expect(readPngPixel(png, x, y)).toEqual({ red, green, blue });
    }
  }
});

it("refuses what is no such PNG", () => {
  expect(() => readPngPixel(Buffer.alloc(100), 0, 0)).toThrow("not a PNG");
});

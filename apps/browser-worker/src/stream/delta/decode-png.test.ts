import fc from "fast-check";
import sharp from "sharp";
import { expect, it } from "vitest";
import { decodePng } from "./decode-png.ts";

const images = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  channels: fc.constantFrom(3 as const, 4 as const),
  seed: fc.uint8Array({ minLength: 8, maxLength: 64 }),
  adaptiveFiltering: fc.boolean(),
});

it("gives the pixels that were encoded, whatever the size and the filters", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(images, async ({ width, height, channels, seed, adaptiveFiltering }) => {
      const pixels = Buffer.alloc(width * height * channels, seed);
      const png = await sharp(pixels, { raw: { width, height, channels } }).png({ adaptiveFiltering }).toBuffer();
      const decoded = decodePng(png);
      expect(decoded).toMatchObject({ width, height });
      // An alpha of nothing but 255 may have been left out.
      if (decoded.channels === channels) expect(decoded.pixels.equals(pixels)).toBe(true);
      else expect(decoded.channels + channels).toBe(7);
    }),
  );
});

it("throws for what is cut off, broken or of another kind, and never returns half a picture", async () => {
  const png = await sharp({ create: { width: 20, height: 9, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
  for (let length = 0; length < png.byteLength - 12; length += 1)
    expect(() => decodePng(png.subarray(0, length))).toThrow();
  const interlaced = await sharp(png).png({ progressive: true }).toBuffer();
  expect(() => decodePng(interlaced)).toThrow("not a PNG of a screencast");
  const huge = Buffer.from(png);
  huge.writeUInt32BE(100_000, 16);
  expect(() => decodePng(huge)).toThrow("out of bounds");
  const larger = Buffer.from(png);
  larger.writeUInt32BE(400, 20);
  expect(() => decodePng(larger)).toThrow();
});

import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { PngReader } from "./read-png.ts";

const readPng = (png: Buffer) => new PngReader().read(png);

const chunk = (type: string, body: Buffer) => {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
};

interface Parts {
  width: number;
  height: number;
  channels: 3 | 4;
  /** Filter and bytes of each row. */
  rows: readonly Buffer[];
  interlaced?: number;
}

function makePng({ width, height, channels, rows, interlaced = 0 }: Parts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 3 ? 2 : 6, 0, 0, interlaced], 8);
  const packed = deflateSync(Buffer.concat(rows));
  const half = packed.length >> 1;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", packed.subarray(0, half)),
    chunk("IDAT", packed.subarray(half)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const pictures = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(3 as const, 4 as const),
  })
  .chain(({ width, height, channels }) =>
    fc
      .array(
        fc.tuple(fc.constantFrom(0, 2), fc.uint8Array({ minLength: width * channels, maxLength: width * channels })),
        { minLength: height, maxLength: height },
      )
      .map((rows) => ({
        width,
        height,
        channels,
        rows: rows.map(([filter, bytes]) => Buffer.from([filter, ...bytes])),
      })),
  );

/** Of more bytes than a buffer that shares its memory: what is read from it is given back at once. */
const largePictures = fc.nat({ max: 255 }).map((seed) => ({
  width: 400,
  height: 60,
  channels: 3 as const,
  rows: Array.from({ length: 60 }, (_row, row) =>
    Buffer.from([(row % 2) * 2, ...Array.from({ length: 1200 }, (_byte, at) => (at * seed + row) % 256)]),
  ),
}));

describe("a PNG of the screencast's kind", () => {
  it("has the pixels that any decoder finds", async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (picture) => {
        const png = makePng(picture);
        const read = readPng(png);
        expect(read).toMatchObject({ width: picture.width, height: picture.height, channels: picture.channels });
        expect(read?.pixels.equals(await sharp(png).raw().toBuffer())).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("has them also after others, and names the rows that are not as before", async () => {
    const changes = fc.array(
      fc.record({
        row: fc.nat({ max: 11 }),
        at: fc.nat({ max: 159 }),
        byte: fc.nat({ max: 255 }),
        filter: fc.constantFrom(0, 2),
      }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(pictures, largePictures),
        fc.array(changes, { maxLength: 6 }),
        async (picture, series) => {
          const reader = new PngReader();
          let { rows } = picture;
          let before = reader.read(makePng(picture))!;
          let pixels = Buffer.from(before.pixels);
          for (const step of series) {
            rows = rows.map((row, index) => {
              const changed = Buffer.from(row);
              for (const { row: wanted, at, byte, filter } of step) {
                if (wanted !== index) continue;
                changed[0] = filter;
                changed[1 + (at % (row.length - 1))] = byte;
              }
              return changed;
            });
            const png = makePng({ ...picture, rows });
            const after = reader.read(png)!;
            expect(after.pixels.equals(await sharp(png).raw().toBuffer())).toBe(true);
            const rowBytes = picture.width * picture.channels;
            const differ = rows.flatMap((_row, index) => {
              const [from, to] = [index * rowBytes, (index + 1) * rowBytes];
              return pixels.subarray(from, to).equals(after.pixels.subarray(from, to)) ? [] : [index];
            });
            expect(after.changed).toEqual({ since: before, rows: differ });
            before = after;
            pixels = Buffer.from(after.pixels);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("of another size, or after one that was damaged, begins anew", () => {
    const reader = new PngReader();
    reader.read(makePng(plain));
    const other = {
      ...plain,
      width: 2,
      rows: [Buffer.from([0, 1, 2, 3, 4, 5, 6]), Buffer.from([2, 0, 0, 0, 0, 0, 1])],
    };
    expect(reader.read(makePng(other))?.changed).toBeUndefined();
    expect(() => reader.read(makePng({ ...plain, height: 3 }))).toThrow("cut off");
    const read = reader.read(makePng(other));
    expect(read?.changed).toBeUndefined();
    expect(read?.pixels).toEqual(Buffer.from([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7]));
  });

  const rows = [Buffer.from([2, 1, 2, 3]), Buffer.from([2, 1, 2, 3])];
  const plain = { width: 1, height: 2, channels: 3 as const, rows };

  it("of another kind is left to others", async () => {
    expect(readPng(makePng({ ...plain, rows: rows.map((row) => Buffer.from([4, ...row.subarray(1)])) }))).toBeNull();
    expect(readPng(makePng({ ...plain, interlaced: 1 }))).toBeNull();
    const grey = sharp({ create: { width: 4, height: 4, channels: 3, background: "#888" } });
    expect(readPng(await grey.png({ palette: true }).toBuffer())).toBeNull();
    expect(readPng(Buffer.from("not a picture"))).toBeNull();
    expect(readPng(Buffer.alloc(0))).toBeNull();
  });

  it("that is damaged is refused", () => {
    expect(() => readPng(makePng({ ...plain, height: 3 }))).toThrow("cut off");
    expect(() => readPng(makePng({ ...plain, height: 1 }))).toThrow();
    const png = makePng(plain);
    expect(() => readPng(png.subarray(0, png.length - 20))).toThrow();
  });
});

import { expect, it } from "vitest";
import { readJpegSize } from "./jpeg-size.ts";

// SOI, APP0 of 4 bytes, SOF0 with 720 x 1280.
const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0x02, 0xd0, 0x05, 0x00, 3]);

it("a JPEG's size stands in its frame header", () => {
  expect(readJpegSize(jpeg)).toEqual({ width: 1280, height: 720 });
});

it("what is no JPEG, or is cut off, has none", () => {
  for (let length = 0; length < 17; length += 1) expect(readJpegSize(jpeg.subarray(0, length))).toBeNull();
  expect(readJpegSize(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0, 0, 0, 0, 0]))).toBeNull();
});

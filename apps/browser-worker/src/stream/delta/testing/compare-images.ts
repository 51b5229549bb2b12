import type { RawImage } from "../raw-image.ts";

/** The largest mean difference of any block of 8 x 8, of 255: a tile that was forgotten would stand out. */
export function worstBlock(one: RawImage, other: RawImage): number {
  if (one.width !== other.width || one.height !== other.height) return 255;
  let worst = 0;
  for (let top = 0; top < one.height; top += 8)
    for (let left = 0; left < one.width; left += 8) worst = Math.max(worst, meanDifference(one, other, left, top));
  return worst;
}

function meanDifference(one: RawImage, other: RawImage, left: number, top: number): number {
  const width = Math.min(8, one.width - left);
  const height = Math.min(8, one.height - top);
  let sum = 0;
  for (let y = top; y < top + height; y += 1) {
    for (let x = left; x < left + width; x += 1) {
      const [at, otherAt] = [(y * one.width + x) * one.channels, (y * one.width + x) * other.channels];
      for (let channel = 0; channel < 3; channel += 1)
        sum += Math.abs(one.pixels[at + channel]! - other.pixels[otherAt + channel]!);
    }
  }
  return sum / (width * height * 3);
}

import { tileSide } from "../dirty-tiles.ts";
import { imageCodec } from "../image-codec.ts";
import { crop, type RawImage } from "../raw-image.ts";

/** The largest mean difference of any block of 8 x 8, of 255: a tile that was forgotten would stand out. */
export function worstBlock(one: RawImage, other: RawImage): number {
  if (one.width !== other.width || one.height !== other.height) return 255;
  let worst = 0;
  for (let top = 0; top < one.height; top += 8)
    for (let left = 0; left < one.width; left += 8) worst = Math.max(worst, meanDifference(one, other, left, top));
  return worst;
}

/** Tiles of text, lines and plain areas in which a picture at rest is not what it shows: there are none. */
export function inexactTiles(source: RawImage, shown: RawImage): number {
  let count = 0;
  for (let y = 0; y < source.height; y += tileSide)
    for (let x = 0; x < source.width; x += tileSide) {
      const area = { x, y, width: Math.min(tileSide, source.width - x), height: Math.min(tileSide, source.height - y) };
      const tile = crop(source, area);
      if (imageCodec.isDrawn(tile) && !sameColours(tile, crop(shown, area))) count += 1;
    }
  return count;
}

function sameColours(one: RawImage, other: RawImage): boolean {
  for (let pixel = 0; pixel < one.width * one.height; pixel += 1)
    for (let channel = 0; channel < 3; channel += 1)
      if (one.pixels[pixel * one.channels + channel] !== other.pixels[pixel * other.channels + channel]) return false;
  return true;
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

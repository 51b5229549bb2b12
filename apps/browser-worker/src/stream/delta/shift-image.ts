import type { PacketShift } from "@attestream/shared/viewer-protocol";
import type { RawImage } from "./raw-image.ts";

/** What a viewer does with a packet's shift, as a new image. */
export function shiftImage(image: RawImage, { x, y, width, height, dy }: PacketShift): RawImage {
  const { channels, pixels } = image;
  const shifted = Buffer.from(pixels);
  const rowBytes = width * channels;
  for (let row = y + Math.max(0, dy); row < y + height + Math.min(0, dy); row += 1) {
    const from = ((row - dy) * image.width + x) * channels;
    pixels.copy(shifted, (row * image.width + x) * channels, from, from + rowBytes);
  }
  return { ...image, pixels: shifted };
}

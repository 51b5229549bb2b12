/** Decoded pixels, rows from the top without gaps, 8 bits a channel. */
export interface RawImage {
  width: number;
  height: number;
  /** Red, green, blue, and perhaps alpha. */
  channels: 3 | 4;
  pixels: Buffer;
  /** The only rows in which it is not as another picture of its shape, from the top; where that is known. */
  changed?: { since: RawImage; rows: readonly number[] };
}

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Shape = Pick<RawImage, "width" | "height" | "channels">;

export function isSameShape(one: Shape, other: Shape): boolean {
  return one.width === other.width && one.height === other.height && one.channels === other.channels;
}

/** A copy of part of an image. */
export function crop(image: RawImage, area: Area): RawImage {
  const { channels, pixels } = image;
  const rowBytes = area.width * channels;
  const cut = Buffer.allocUnsafe(rowBytes * area.height);
  for (let row = 0; row < area.height; row += 1) {
    const from = ((area.y + row) * image.width + area.x) * channels;
    pixels.copy(cut, row * rowBytes, from, from + rowBytes);
  }
  return { width: area.width, height: area.height, channels, pixels: cut };
}

/** Whether a piece of a row has the same pixels in both, at rows that may differ. */
export function isSameRow(
  one: RawImage,
  other: RawImage,
  piece: { x: number; width: number; row: number; otherRow: number },
): boolean {
  const { channels, width } = one;
  const from = (piece.row * width + piece.x) * channels;
  const otherFrom = (piece.otherRow * width + piece.x) * channels;
  const bytes = piece.width * channels;
  return one.pixels.compare(other.pixels, otherFrom, otherFrom + bytes, from, from + bytes) === 0;
}

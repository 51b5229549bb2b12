import { isSameRow, type Area, type RawImage } from "./raw-image.ts";

export const tileSide = 32;

/** Which tiles of a picture differ. Tiles of the last column and row are cut off at the edge. */
export interface DirtyTiles {
  columns: number;
  rows: number;
  /** 1 for a tile that differs, row by row. */
  marks: Uint8Array;
  count: number;
  /** First row of pixels that differs, and the one after the last. */
  top: number;
  bottom: number;
}

/** Two images of the same shape. Most rows are the same and are told by one comparison each. */
export function findDirtyTiles(before: RawImage, after: RawImage): DirtyTiles {
  const { width, height } = after;
  const columns = Math.ceil(width / tileSide);
  const rows = Math.ceil(height / tileSide);
  const found: DirtyTiles = { columns, rows, marks: new Uint8Array(columns * rows), count: 0, top: height, bottom: 0 };
  for (const y of rowsToCompare(before, after)) {
    if (isSameRow(before, after, { x: 0, width, row: y, otherRow: y })) continue;
    found.top = Math.min(found.top, y);
    found.bottom = y + 1;
    const first = Math.floor(y / tileSide) * columns;
    for (let column = 0; column < columns; column += 1) {
      if (found.marks[first + column] === 1) continue;
      const x = column * tileSide;
      const piece = { x, width: Math.min(tileSide, width - x), row: y, otherRow: y };
      if (isSameRow(before, after, piece)) continue;
      found.marks[first + column] = 1;
      found.count += 1;
    }
  }
  return found;
}

function rowsToCompare(before: RawImage, { height, changed }: RawImage): Iterable<number> {
  return changed?.since === before ? changed.rows : Array.from({ length: height }).keys();
}

/** The tiles around everything that differs, from its first row to its last; null if nothing does. */
export function boundsOf(tiles: DirtyTiles, size: { width: number }): Area | null {
  if (tiles.count === 0) return null;
  let first = tiles.columns;
  let last = 0;
  tiles.marks.forEach((mark, index) => {
    if (mark === 0) return;
    first = Math.min(first, index % tiles.columns);
    last = Math.max(last, index % tiles.columns);
  });
  const x = first * tileSide;
  const width = Math.min((last + 1) * tileSide, size.width) - x;
  return { x, y: tiles.top, width, height: tiles.bottom - tiles.top };
}

/** The smallest area within this one in which the images differ. It is made of tiles, and those at its edges differ. */
export function trim(before: RawImage, after: RawImage, area: Area): Area {
  const { x, width } = area;
  const sameRow = (row: number) => isSameRow(before, after, { x, width, row, otherRow: row });
  let top = area.y;
  let bottom = area.y + area.height;
  while (top < bottom && sameRow(top)) top += 1;
  while (bottom > top + 1 && sameRow(bottom - 1)) bottom -= 1;
  let left = Math.min(x + tileSide, x + width);
  let right = Math.max(x + width - tileSide, x);
  for (let row = top; row < bottom; row += 1) {
    left = firstDifference(before, after, { row, from: x, to: left });
    right = endOfDifference(before, after, { row, from: right, to: x + width });
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Pixels `from` up to `to` of a row. */
interface Piece {
  row: number;
  from: number;
  to: number;
}

/** The first pixel that differs; `to` if none does. */
function firstDifference(before: RawImage, after: RawImage, { row, from, to }: Piece): number {
  const { channels, width } = after;
  const end = (row * width + to) * channels;
  let at = (row * width + from) * channels;
  while (at < end && before.pixels[at] === after.pixels[at]) at += 1;
  return Math.floor(at / channels) - row * width;
}

/** The pixel after the last that differs; `from` if none does. */
function endOfDifference(before: RawImage, after: RawImage, { row, from, to }: Piece): number {
  const { channels, width } = after;
  const start = (row * width + from) * channels;
  let at = (row * width + to) * channels;
  while (at > start && before.pixels[at - 1] === after.pixels[at - 1]) at -= 1;
  return Math.ceil(at / channels) - row * width;
}

import type { PacketShift } from "@attestream/shared/viewer-protocol";
import { isSameRow, type Area, type RawImage } from "./raw-image.ts";

export const tileSide = 32;

/** The picture before, and perhaps one region of it moved. Outside of that region the picture after must be the same. */
export interface Ground {
  before: RawImage;
  shift: PacketShift | null;
}

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
export function findDirtyTiles(ground: Ground, after: RawImage): DirtyTiles {
  const { width, height } = after;
  const columns = Math.ceil(width / tileSide);
  const rows = Math.ceil(height / tileSide);
  const found: DirtyTiles = { columns, rows, marks: new Uint8Array(columns * rows), count: 0, top: height, bottom: 0 };
  const left = ground.shift?.x ?? 0;
  const right = left + (ground.shift?.width ?? width);
  const firstColumn = Math.floor(left / tileSide);
  const endColumn = Math.ceil(right / tileSide);
  for (const row of rowsToCompare(ground, after)) {
    const isSame = (from: number, to: number) =>
      isSameRow(after, ground.before, { x: from, width: to - from, row, otherRow: rowBelow(ground, row) });
    if (isSame(left, right)) continue;
    found.top = Math.min(found.top, row);
    found.bottom = row + 1;
    const areSame = (column: number, end: number) =>
      isSame(Math.max(column * tileSide, left), Math.min(end * tileSide, right));
    const marks = found.marks.subarray(Math.floor(row / tileSide) * columns);
    // One comparison for neighbours, too: most tiles that have no mark yet never get one.
    for (const { from, to } of unmarkedRuns(marks, firstColumn, endColumn)) {
      if (areSame(from, to)) continue;
      for (let column = from; column < to; column += 1) {
        if (areSame(column, column + 1)) continue;
        marks[column] = 1;
        found.count += 1;
      }
    }
  }
  return found;
}

function* unmarkedRuns(marks: Uint8Array, first: number, end: number): Generator<{ from: number; to: number }> {
  for (let from = first, to = first; from < end; from = to + 1) {
    for (to = from; to < end && marks[to] === 0;) to += 1;
    if (from < to) yield { from, to };
  }
}

function rowsToCompare({ before, shift }: Ground, { height, changed }: RawImage): Iterable<number> {
  if (shift) return Array.from({ length: shift.height }, (_, row) => shift.y + row);
  return changed?.since === before ? changed.rows : Array.from({ length: height }).keys();
}

/** Which row of the picture before lies there. */
function rowBelow({ shift }: Ground, row: number): number {
  if (shift === null) return row;
  const from = row - shift.dy;
  return from >= shift.y && from < shift.y + shift.height ? from : row;
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
export function trim(ground: Ground, after: RawImage, area: Area): Area {
  const { x, y, width, height } = ground.shift ? intersect(area, ground.shift) : area;
  const isSame = (row: number) => isSameRow(after, ground.before, { x, width, row, otherRow: rowBelow(ground, row) });
  let top = y;
  let bottom = y + height;
  while (top < bottom && isSame(top)) top += 1;
  while (bottom > top + 1 && isSame(bottom - 1)) bottom -= 1;
  let left = Math.min(x + tileSide, x + width);
  let right = Math.max(x + width - tileSide, x);
  for (let row = top; row < bottom; row += 1) {
    left = firstDifference(ground, after, { row, from: x, to: left });
    right = endOfDifference(ground, after, { row, from: right, to: x + width });
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function intersect(one: Area, other: Area): Area {
  const [x, y] = [Math.max(one.x, other.x), Math.max(one.y, other.y)];
  const right = Math.min(one.x + one.width, other.x + other.width);
  const bottom = Math.min(one.y + one.height, other.y + other.height);
  return { x, y, width: right - x, height: bottom - y };
}

/** Pixels `from` up to `to` of a row. */
interface Piece {
  row: number;
  from: number;
  to: number;
}

/** The first pixel that differs; `to` if none does. */
function firstDifference(ground: Ground, { width, channels, pixels }: RawImage, { row, from, to }: Piece): number {
  const other = ground.before.pixels;
  const below = (rowBelow(ground, row) - row) * width * channels;
  const end = (row * width + to) * channels;
  let at = (row * width + from) * channels;
  while (at < end && other[at + below] === pixels[at]) at += 1;
  return Math.floor(at / channels) - row * width;
}

/** The pixel after the last that differs; `from` if none does. */
function endOfDifference(ground: Ground, { width, channels, pixels }: RawImage, { row, from, to }: Piece): number {
  const below = (rowBelow(ground, row) - row) * width * channels;
  const start = (row * width + from) * channels;
  let at = (row * width + to) * channels;
  while (at > start && ground.before.pixels[at - 1 + below] === pixels[at - 1]) at -= 1;
  return Math.ceil(at / channels) - row * width;
}

import { tileSide, type DirtyTiles } from "./dirty-tiles.ts";
import type { Area } from "./raw-image.ts";

/** What an image of its own costs beside its pixels, told in pixels: about a millisecond to encode and some 100 bytes. */
const costOfOne = 10_000;
const mostPieces = 64;

/** Few rectangles that cover all dirty tiles, and not much more. Never more than 64; they do not overlap. */
export function mergeRectangles(tiles: DirtyTiles, size: { width: number; height: number }): Area[] {
  let areas = stackRuns(findRuns(tiles));
  if (areas.length > mostPieces) areas = oneEachRow(areas, tiles);
  return mergeCheapest(areas).map((area) => toPixels(area, size));
}

/** Rectangles that cover these tiles, given as their areas row by row, and nothing else. */
export function stackTiles(tiles: readonly Area[], size: { width: number; height: number }): Area[] {
  const runs: Run[] = [];
  for (const { x, y } of tiles) {
    const [left, top] = [x / tileSide, y / tileSide];
    const before = runs.at(-1);
    if (before?.top === top && before.right === left) before.right += 1;
    else runs.push({ left, right: left + 1, top, bottom: top + 1 });
  }
  return stackRuns(runs).map((area) => toPixels(area, size));
}

/** In tiles, half-open. */
interface Run {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function findRuns({ columns, rows, marks }: DirtyTiles): Run[] {
  const runs: Run[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (marks[row * columns + column] === 0) continue;
      const left = column;
      while (column < columns && marks[row * columns + column] === 1) column += 1;
      runs.push({ left, right: column, top: row, bottom: row + 1 });
    }
  }
  return runs;
}

/** Runs of the same columns in rows that follow each other become one. */
function stackRuns(runs: Run[]): Run[] {
  const stacked: Run[] = [];
  const open = new Map<string, Run>();
  for (const run of runs) {
    const key = `${run.left}:${run.right}`;
    const above = open.get(key);
    if (above?.bottom === run.top) above.bottom = run.bottom;
    else {
      open.set(key, run);
      stacked.push(run);
    }
  }
  return stacked;
}

function oneEachRow(runs: Run[], { rows }: DirtyTiles): Run[] {
  const height = Math.ceil(rows / mostPieces);
  const bands = new Map<number, Run>();
  for (const run of runs) {
    for (let band = Math.floor(run.top / height); band * height < run.bottom; band += 1) {
      const top = Math.max(run.top, band * height);
      const piece = { ...run, top, bottom: Math.min(run.bottom, (band + 1) * height) };
      const known = bands.get(band);
      bands.set(band, known ? union(known, piece) : piece);
    }
  }
  return [...bands.values()];
}

/** Joins two as long as the one around both costs less. What a join swallows of others is joined too. */
function mergeCheapest(runs: Run[]): Run[] {
  const merged = [...runs];
  for (let index = 0; index < merged.length;) {
    const partner = merged.findIndex((other, at) => at !== index && shouldJoin(merged[index]!, other));
    if (partner === -1) {
      index += 1;
      continue;
    }
    const joined = union(merged[index]!, merged[partner]!);
    merged.splice(Math.max(index, partner), 1);
    merged.splice(Math.min(index, partner), 1, joined);
    index = 0;
  }
  return merged;
}

function shouldJoin(one: Run, other: Run): boolean {
  return overlaps(one, other) || costOf(union(one, other)) < costOf(one) + costOf(other);
}

function costOf(run: Run): number {
  return costOfOne + (run.right - run.left) * (run.bottom - run.top) * tileSide * tileSide;
}

function overlaps(one: Run, other: Run): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function union(one: Run, other: Run): Run {
  return {
    left: Math.min(one.left, other.left),
    right: Math.max(one.right, other.right),
    top: Math.min(one.top, other.top),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

function toPixels(run: Run, { width, height }: { width: number; height: number }): Area {
  const x = run.left * tileSide;
  const y = run.top * tileSide;
  return {
    x,
    y,
    width: Math.min(run.right * tileSide, width) - x,
    height: Math.min(run.bottom * tileSide, height) - y,
  };
}

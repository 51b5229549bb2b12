import type { PacketShift } from "@attestream/shared/viewer-protocol";
import { boundsOf, findDirtyTiles, trim, type DirtyTiles } from "./dirty-tiles.ts";
import { isSameRow, type Area, type RawImage } from "./raw-image.ts";

/** Smaller changes are not worth the search. */
const leastArea = 64 * 1024;
const leastVotes = 8;
/** Of the dirty tiles, a shift must save this part. */
const leastSaving = 0.3;

export interface FoundShift {
  shift: PacketShift;
  /** What differs after it. */
  tiles: DirtyTiles;
}

/**
 * Whether what changed is mostly a move up or down, as by scrolling: of the page, or of a part of it.
 * `hint` is what the page says that it scrolled by, 0 for not at all; the pixels decide. The region is all
 * that changed, to the pixel, so bars that stay in place at its edges are left alone.
 */
export function findShift(
  before: RawImage,
  after: RawImage,
  { tiles, hint }: { tiles: DirtyTiles; hint: number },
): FoundShift | null {
  const around = boundsOf(tiles, after);
  if (around === null || around.width * around.height < leastArea) return null;
  const bounds = trim({ before, shift: null }, after, around);
  const said = hint !== 0 && isPlausible(before, after, bounds, hint) ? hint : 0;
  const dy = said === 0 ? voteForShift(before, after, bounds) : said;
  if (dy === 0) return null;
  const shift = { ...bounds, dy };
  const left = findDirtyTiles({ before, shift }, after);
  return left.count <= tiles.count * (1 - leastSaving) ? { shift, tiles: left } : null;
}

/** A look at some rows. */
function isPlausible(before: RawImage, after: RawImage, { x, y, width, height }: Area, dy: number): boolean {
  if (Math.abs(dy) >= height) return false;
  let same = 0;
  let seen = 0;
  for (let row = y + Math.max(0, dy); row < y + height + Math.min(0, dy); row += 4) {
    seen += 1;
    if (isSameRow(after, before, { x, width, row, otherRow: row - dy })) same += 1;
  }
  return same * 2 > seen;
}

/** Rows that stand out are looked for in the picture before; the distance found most often wins. 0: none. */
function voteForShift(before: RawImage, after: RawImage, area: Area): number {
  const rowsBefore = new Map<number, number>();
  hashRows(before, area).forEach((hash, row, all) => {
    if (hash === all[row - 1]) return;
    // Seen twice, it tells nothing.
    rowsBefore.set(hash, rowsBefore.has(hash) ? -1 : row);
  });
  const votes = new Map<number, number>();
  hashRows(after, area).forEach((hash, row, all) => {
    const known = rowsBefore.get(hash);
    if (known === undefined || known === -1 || hash === all[row - 1]) return;
    votes.set(row - known, (votes.get(row - known) ?? 0) + 1);
  });
  let best = 0;
  let most = leastVotes - 1;
  for (const [distance, count] of votes) {
    if (distance === 0 || count <= most) continue;
    best = distance;
    most = count;
  }
  return best;
}

/** Of one channel: what matches by chance is found out by the comparison that follows. */
function hashRows(image: RawImage, { x, y, width, height }: Area): Int32Array {
  const { channels, pixels } = image;
  const hashes = new Int32Array(height);
  for (let row = 0; row < height; row += 1) {
    const from = ((y + row) * image.width + x) * channels + 1;
    let hash = 0;
    for (let at = from; at < from + width * channels; at += channels) hash = Math.imul(hash ^ pixels[at]!, 0x01000193);
    hashes[row] = hash;
  }
  return hashes;
}

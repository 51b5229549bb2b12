import type { PacketShift } from "@attestream/shared/viewer-protocol";
import { tileSide, type DirtyTiles } from "./dirty-tiles.ts";
import type { Area } from "./raw-image.ts";

/** Faster than anybody types. */
const quickMs = 70;
const leastQuickChanges = 6;
/** What has moved for long is still in motion after a frame that came late; three late ones in a row may be borne. */
const mostQuickChanges = leastQuickChanges * 2 ** 3;
/** Unchanged for so long, a tile has come to rest. */
const settledMs = 300;

interface Tile {
  changedAt: number;
  /** Changes that came soon after the one before; each that came late halves them. */
  quick: number;
  /** The viewer has it with a loss that it will not keep. */
  rough: boolean;
}

/**
 * Which tiles are in motion, such as under a spinner, and may be drawn roughly while they are; and which
 * the viewer has roughly, and must be given properly once they rest.
 */
export class MotionMap {
  readonly #columns: number;
  readonly #tiles: Tile[];

  /** Of a picture of this size, pixels. */
  constructor({ width, height }: { width: number; height: number }) {
    this.#columns = Math.ceil(width / tileSide);
    const length = this.#columns * Math.ceil(height / tileSide);
    this.#tiles = Array.from({ length }, () => ({ changedAt: Number.NEGATIVE_INFINITY, quick: 0, rough: false }));
  }

  get hasRough(): boolean {
    return this.#tiles.some(({ rough }) => rough);
  }

  noteChange({ marks }: DirtyTiles, now: number): void {
    this.#tiles.forEach((tile, index) => {
      if (marks[index] === 0) return;
      const pause = now - tile.changedAt;
      if (pause <= quickMs) tile.quick = Math.min(tile.quick + 1, mostQuickChanges);
      else tile.quick = pause < settledMs ? Math.floor(tile.quick / 2) : 0;
      tile.changedAt = now;
    });
  }

  /** Whether what changed in this area is in motion: most of it, for a spinner touches its outermost tiles now and then only. */
  isMoving(area: Area, { marks }: DirtyTiles): boolean {
    const changed = this.#indexesOf(area).filter((index) => marks[index] === 1);
    const moving = changed.filter((index) => this.#tiles[index]!.quick >= leastQuickChanges);
    return moving.length * 2 >= changed.length;
  }

  /** All of the area is drawn roughly now. */
  noteRough(area: Area, now: number): void {
    for (const index of this.#indexesOf(area)) Object.assign(this.#tiles[index]!, { rough: true, changedAt: now });
  }

  /** What is rough moves along. */
  noteShift({ x, y, width, height, dy }: PacketShift): void {
    const inside = this.#indexesOf({ x, y, width, height });
    for (const index of inside.filter((at) => this.#tiles[at]!.rough)) {
      const top = Math.floor(index / this.#columns) * tileSide + dy;
      const left = (index % this.#columns) * tileSide;
      const moved = this.#indexesOf({ x: left, y: top, width: tileSide, height: tileSide });
      for (const at of moved) this.#tiles[at]!.rough = true;
    }
  }

  /** The rough tiles that have come to rest, or all of them; they are taken to be drawn properly with this. */
  takeSettled(now: number, { all }: { all: boolean }): DirtyTiles {
    const columns = this.#columns;
    const rows = this.#tiles.length / columns;
    const taken = {
      columns,
      rows,
      marks: new Uint8Array(this.#tiles.length),
      count: 0,
      top: 0,
      bottom: rows * tileSide,
    };
    this.#tiles.forEach((tile, index) => {
      if (!tile.rough || (!all && now - tile.changedAt < settledMs)) return;
      tile.rough = false;
      taken.marks[index] = 1;
      taken.count += 1;
    });
    return taken;
  }

  #indexesOf({ x, y, width, height }: Area): number[] {
    const indexes: number[] = [];
    const rows = this.#tiles.length / this.#columns;
    const lastColumn = Math.min(Math.ceil((x + width) / tileSide), this.#columns);
    for (
      let row = Math.max(0, Math.floor(y / tileSide));
      row < Math.min(Math.ceil((y + height) / tileSide), rows);
      row += 1
    )
      for (let column = Math.floor(x / tileSide); column < lastColumn; column += 1)
        indexes.push(row * this.#columns + column);
    return indexes;
  }
}

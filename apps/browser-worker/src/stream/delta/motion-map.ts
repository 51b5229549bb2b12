import type { PacketShift } from "@attestream/shared/viewer-protocol";
import { tileSide, type DirtyTiles } from "./dirty-tiles.ts";
import type { Area } from "./raw-image.ts";

/** Changes are remembered for about so long. */
const memoryMs = 500;
/** Changes remembered at once: more than anybody's typing leaves (8 keys a second leave 4.5), less than 15 frames a second. */
const leastInMotion = 7;
/** Unchanged for so long, a tile has come to rest. */
const settledMs = 300;

/** Tiles drawn properly with one packet: more would keep what the user does next waiting on a slow link. */
const mostSettled = 128;

/** What the viewer's tile lacks: nothing, what a photograph bears, or more than it will keep. */
const loss = { none: 0, little: 1, rough: 2 } as const;
type Loss = (typeof loss)[keyof typeof loss];

interface Tile {
  changedAt: number;
  /** Changes so far, each worth less the longer ago it was. A frame that comes late takes little from them. */
  pace: number;
  loss: Loss;
  /** Whether its loss can be borne has been looked at since it changed. */
  judged: boolean;
}

/**
 * Which tiles are in motion, such as under a spinner, and may be drawn roughly while they are; and which
 * the viewer has roughly, and must be given properly once they rest.
 */
export class MotionMap {
  readonly #width: number;
  readonly #height: number;
  readonly #columns: number;
  readonly #tiles: Tile[];

  /** Of a picture of this size, pixels. */
  constructor({ width, height }: { width: number; height: number }) {
    this.#width = width;
    this.#height = height;
    this.#columns = Math.ceil(width / tileSide);
    const length = this.#columns * Math.ceil(height / tileSide);
    this.#tiles = Array.from({ length }, () => ({
      changedAt: Number.NEGATIVE_INFINITY,
      pace: 0,
      loss: loss.none,
      judged: true,
    }));
  }

  get hasRough(): boolean {
    return this.#tiles.some((tile) => tile.loss === loss.rough);
  }

  noteChange({ marks }: DirtyTiles, now: number): void {
    this.#tiles.forEach((tile, index) => {
      if (marks[index] === 0) return;
      tile.pace = tile.pace * Math.exp((tile.changedAt - now) / memoryMs) + 1;
      tile.changedAt = now;
      tile.judged = false;
    });
  }

  /** Whether what changed in this area is in motion: most of it, for a spinner touches its outermost tiles now and then only. */
  isMoving(area: Area, { marks }: DirtyTiles): boolean {
    const changed = this.#indexesOf(area).filter((index) => marks[index] === 1);
    const moving = changed.filter((index) => this.#tiles[index]!.pace >= leastInMotion);
    return moving.length * 2 >= changed.length;
  }

  /** All of the area is drawn roughly now. */
  noteRough(area: Area, now: number): void {
    for (const index of this.#indexesOf(area)) Object.assign(this.#tiles[index]!, { loss: loss.rough, changedAt: now });
  }

  /** The area is drawn with the loss that photographs bear. */
  noteLoss(area: Area, now: number): void {
    for (const index of this.#indexesOf(area)) {
      this.#worsen(index, loss.little);
      this.#tiles[index]!.changedAt = now;
    }
  }

  /** All has been drawn anew, without loss. */
  clear(): void {
    for (const tile of this.#tiles) tile.loss = loss.none;
  }

  /** What is lost moves along. */
  noteShift({ x, y, width, height, dy }: PacketShift): void {
    const inside = this.#indexesOf({ x, y, width, height });
    const lost = inside.map((index) => ({ index, loss: this.#tiles[index]!.loss })).filter((tile) => tile.loss > 0);
    for (const { index, loss: worse } of lost) {
      const area = this.#areaOf(index);
      for (const at of this.#indexesOf({ ...area, y: area.y + dy })) this.#worsen(at, worse);
    }
  }

  /** What is drawn does not bear what a photograph does: looked at once after each change. */
  judge(isDrawn: (tile: Area) => boolean): void {
    this.#tiles.forEach((tile, index) => {
      if (tile.judged || tile.loss !== loss.little) return;
      tile.judged = true;
      if (isDrawn(this.#areaOf(index))) tile.loss = loss.rough;
    });
  }

  /** Some of the rough tiles that have come to rest, or of all; they are taken to be drawn properly with this. */
  takeSettled(now: number, { all }: { all: boolean }): Area[] {
    const taken: Area[] = [];
    this.#tiles.forEach((tile, index) => {
      if (tile.loss !== loss.rough || taken.length === mostSettled || (!all && now - tile.changedAt < settledMs))
        return;
      tile.loss = loss.none;
      taken.push(this.#areaOf(index));
    });
    return taken;
  }

  #worsen(index: number, worse: Loss): void {
    const tile = this.#tiles[index]!;
    if (worse > tile.loss) tile.loss = worse;
    tile.judged = false;
  }

  #areaOf(index: number): Area {
    const x = (index % this.#columns) * tileSide;
    const y = Math.floor(index / this.#columns) * tileSide;
    return { x, y, width: Math.min(tileSide, this.#width - x), height: Math.min(tileSide, this.#height - y) };
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

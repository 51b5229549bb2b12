import sharp from "sharp";
import type { Area, RawImage } from "../raw-image.ts";

/** One change of a page, as the tests' generators make them. Areas are cut off at the page's edge. */
export type PageChange =
  | { kind: "fill"; area: Area; colour: readonly [number, number, number] }
  | { kind: "text"; area: Area; seed: number }
  | { kind: "photograph"; area: Area; seed: number }
  | { kind: "scroll"; area: Area; by: number; seed: number }
  | { kind: "nothing" };

/** Pixels that change as a page does. */
export class PaintedPage {
  readonly image: RawImage;

  constructor(width: number, height: number) {
    this.image = { width, height, channels: 3, pixels: Buffer.alloc(width * height * 3, 0xff) };
  }

  change(change: PageChange): void {
    if (change.kind === "nothing") return;
    const area = this.#cut(change.area);
    switch (change.kind) {
      case "fill":
        return this.#paint(area, () => change.colour);
      case "text":
        return this.#text(area, change.seed);
      case "photograph": {
        const random = randomBytes(change.seed);
        return this.#paint(area, (x, y) => [
          128 + 90 * Math.sin(x / 17) + (random() % 30),
          (y * 2) % 230,
          random() % 60,
        ]);
      }
      case "scroll":
        return this.#scroll(area, change.by, change.seed);
    }
  }

  /** As the browser would capture it. */
  png(): Promise<Buffer> {
    const { width, height, channels, pixels } = this.image;
    return sharp(pixels, { raw: { width, height, channels } }).png({ compressionLevel: 1 }).toBuffer();
  }

  #cut({ x, y, width, height }: Area): Area {
    const left = Math.min(x, this.image.width - 1);
    const top = Math.min(y, this.image.height - 1);
    return {
      x: left,
      y: top,
      width: Math.max(1, Math.min(width, this.image.width - left)),
      height: Math.max(1, Math.min(height, this.image.height - top)),
    };
  }

  /** What comes in at the edge is new text. */
  #scroll(area: Area, by: number, seed: number): void {
    const { width, pixels } = this.image;
    const { x, y, height } = area;
    const moved = Buffer.from(pixels);
    for (let row = y; row < y + height; row += 1) {
      const source = row - by;
      if (source >= y && source < y + height)
        moved.copy(pixels, (row * width + x) * 3, (source * width + x) * 3, (source * width + x + area.width) * 3);
    }
    const entering = Math.min(Math.abs(by), height);
    if (entering > 0) this.#text({ ...area, y: by > 0 ? y : y + height - entering, height: entering }, seed);
  }

  /** Dark strokes on white: most pixels are plain. */
  #text(area: Area, seed: number): void {
    const random = randomBytes(seed);
    let ink = false;
    this.#paint(area, (_x, y) => {
      if (random() < 60) ink = !ink && y % 12 < 8;
      return ink ? [20, 20, 60] : [255, 255, 255];
    });
  }

  #paint(area: Area, colour: (x: number, y: number) => readonly [number, number, number]): void {
    const { width, pixels } = this.image;
    for (let y = area.y; y < area.y + area.height; y += 1)
      for (let x = area.x; x < area.x + area.width; x += 1) pixels.set(colour(x, y), (y * width + x) * 3);
  }
}

/** The same for the same seed. */
function randomBytes(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) & 0xff;
  };
}

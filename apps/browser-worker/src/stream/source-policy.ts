export type SourceFormat = "png" | "jpeg";

/** What one packet has cost. */
export interface FrameCost {
  /** Part of the picture that had to be drawn anew. */
  dirty: number;
  /** Bytes of the browser's image and of the packet made of it. */
  sourceBytes: number;
  packetBytes: number;
  encodeMs: number;
}

export interface CostContext {
  /** Of the picture. */
  pixels: number;
  /** Of the link to the viewer. */
  bytesPerMs: number;
}

const heavyPart = 0.15;
const heavyFrames = 4;
const lightPart = 0.06;
const lightFrames = 3;
/** Passing through must be this much cheaper: changing over costs a whole picture. */
const margin = 0.8;
/** The browser's work on a PNG grows with what comes out of it: measured, milliseconds a byte. */
const captureMsPerByte = 1 / 50_000;
/** Of a JPEG, until one has been seen. */
const assumedJpegBytesPerPixel = 0.12;
/** Frames before the next change, doubled each time it had to be taken back soon. */
const leastStay = 30;
const longestStay = 480;

/**
 * Which image the browser is asked for. PNG is what changes can be found in; where a good part of the
 * picture changes all the time, a video or a game, the browser's own JPEG is passed on as it is, if that
 * costs less on this link. Changes over only for several frames in a row, and ever more slowly if it
 * would go back and forth.
 */
export class SourcePolicy {
  #format: SourceFormat = "png";
  #inRow = 0;
  #stayed = 0;
  #stay = 0;
  #jpegBytesPerPixel = assumedJpegBytesPerPixel;

  get format(): SourceFormat {
    return this.#format;
  }

  /** Another page or another viewer: the picture says nothing of the next. */
  reset(): void {
    this.#change("png");
    this.#stay = 0;
  }

  /** The page has come to rest: a still picture is shown without loss. */
  noteRest(): void {
    this.#change("png");
  }

  noteFrame(cost: FrameCost, context: CostContext): void {
    this.#stayed += 1;
    if (this.#format === "jpeg") this.#jpegBytesPerPixel = cost.packetBytes / context.pixels;
    const wantsOther =
      this.#format === "png" ? cost.dirty > heavyPart && this.#isDearer(cost, context) : cost.dirty < lightPart;
    this.#inRow = wantsOther ? this.#inRow + 1 : 0;
    if (this.#format === "jpeg" && this.#inRow >= lightFrames) this.#change("png");
    else if (this.#format === "png" && this.#inRow >= heavyFrames) this.#goToJpeg();
  }

  #isDearer(cost: FrameCost, { pixels, bytesPerMs }: CostContext): boolean {
    const delta = cost.sourceBytes * captureMsPerByte + cost.encodeMs + cost.packetBytes / bytesPerMs;
    const jpegBytes = this.#jpegBytesPerPixel * pixels;
    return jpegBytes * captureMsPerByte + jpegBytes / bytesPerMs < delta * margin;
  }

  #goToJpeg(): void {
    if (this.#stayed < this.#stay) return;
    const soon = this.#stay > 0 && this.#stayed < this.#stay * 4;
    this.#stay = soon ? Math.min(this.#stay * 2, longestStay) : leastStay;
    this.#change("jpeg");
  }

  #change(format: SourceFormat): void {
    this.#inRow = 0;
    if (this.#format === format) return;
    this.#format = format;
    this.#stayed = 0;
  }
}

import { packetFlags, type Packet, type PacketShift } from "@attestream/shared/viewer-protocol";
import { decodeImage, type DecodedImage } from "./decode-image.ts";

/** The canvas, and packets drawn onto it strictly in the order in which they came. */
export class Picture {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #onFirst: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #needsKey = true;

  constructor(canvas: HTMLCanvasElement, onFirst: () => void) {
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this browser cannot draw on a canvas");
    this.canvas = canvas;
    this.#context = context;
    this.#onFirst = onFirst;
  }

  /** Size of the picture in packet pixels: what pointer positions are told in. */
  get size(): { width: number; height: number } {
    return { width: this.canvas.width, height: this.canvas.height };
  }

  /** Puts the canvas on show; the function returned takes it away again. */
  mount(holder: HTMLElement): () => void {
    this.canvas.className = "screen";
    holder.prepend(this.canvas);
    return () => this.canvas.remove();
  }

  /** A CSS cursor, already found harmless. */
  setCursor(cursor: string): void {
    this.canvas.style.cursor = cursor;
  }

  /** After a new connection nothing drawn before counts. */
  expectKey(): void {
    this.#needsKey = true;
  }

  /** Images are decoded at once and side by side; only the drawing waits for its turn. */
  draw(packet: Packet): Promise<"drawn" | "needsKey"> {
    const images = Promise.all(packet.rectangles.map(({ image }) => decodeImage(image as Uint8Array<ArrayBuffer>)));
    images.catch(() => {});
    const turn = this.#last.then(async () => {
      try {
        return this.#paint(packet, await images);
      } catch {
        this.#needsKey = true;
        return "needsKey";
      }
    });
    this.#last = turn;
    return turn;
  }

  #paint(packet: Packet, images: DecodedImage[]): "drawn" | "needsKey" {
    const isKey = (packet.flags & packetFlags.key) !== 0;
    if (this.#needsKey && !isKey) {
      for (const image of images) image.close();
      return "needsKey";
    }
    const { canvas } = this;
    if (canvas.width !== packet.width || canvas.height !== packet.height) {
      canvas.width = packet.width;
      canvas.height = packet.height;
    }
    if (packet.shift) this.#shift(packet.shift);
    packet.rectangles.forEach(({ x, y, width, height }, index) => {
      const image = images[index];
      if (!image) return;
      this.#context.drawImage(image, x, y, width, height);
      image.close();
    });
    this.#needsKey = false;
    this.#onFirst();
    return "drawn";
  }

  #shift({ x, y, width, height, dy }: PacketShift): void {
    const kept = height - Math.abs(dy);
    this.#context.drawImage(this.canvas, x, y + Math.max(0, -dy), width, kept, x, y + Math.max(0, dy), width, kept);
  }
}

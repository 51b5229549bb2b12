import { decodePacket, packetFlags, type PacketArea, type PacketShift } from "@attestream/shared/viewer-protocol";
import sharp from "sharp";
import type { RawImage } from "../raw-image.ts";

/** Does with packets what the frame page does, on pixels in memory. */
export class SimulatedViewer {
  #picture: RawImage | null = null;

  get picture(): RawImage {
    if (this.#picture === null) throw new Error("nothing has been drawn yet");
    return this.#picture;
  }

  async draw(bytes: Uint8Array): Promise<void> {
    const packet = decodePacket(bytes);
    const { width, height } = packet;
    if ((packet.flags & packetFlags.key) !== 0)
      this.#picture = { width, height, channels: 3, pixels: Buffer.alloc(width * height * 3) };
    if (packet.shift) this.#shift(packet.shift);
    for (const { image, ...area } of packet.rectangles) this.#put(area, await decode(image));
  }

  /** Pixel by pixel, as the protocol puts it into words. */
  #shift({ x, y, width, height, dy }: PacketShift): void {
    const { pixels, ...picture } = this.picture;
    const before = Buffer.from(pixels);
    const at = (column: number, row: number) => (row * picture.width + column) * 3;
    for (let row = y; row < y + height; row += 1) {
      if (row + dy < y || row + dy >= y + height) continue;
      for (let column = x; column < x + width; column += 1)
        before.copy(pixels, at(column, row + dy), at(column, row), at(column, row) + 3);
    }
  }

  #put(area: PacketArea, image: RawImage): void {
    const { pixels, width } = this.picture;
    if (image.width !== area.width || image.height !== area.height) throw new Error("an image of another size");
    for (let row = 0; row < area.height; row += 1) {
      const to = ((area.y + row) * width + area.x) * 3;
      image.pixels.copy(pixels, to, row * area.width * 3, (row + 1) * area.width * 3);
    }
  }
}

async function decode(bytes: Uint8Array): Promise<RawImage> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, pixels: data };
}

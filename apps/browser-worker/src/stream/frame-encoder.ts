import { packetFlags, type PacketRectangle, type PacketShift } from "@attestream/shared/viewer-protocol";
import { readJpegSize } from "./jpeg-size.ts";

/** What the browser captured. */
export interface CapturedFrame {
  image: Uint8Array;
  /** Of the page, CSS pixels. */
  scrollOffsetY: number;
}

export interface EncodedFrame {
  flags: number;
  width: number;
  height: number;
  shift: PacketShift | null;
  rectangles: PacketRectangle[];
}

/** Turns captured frames into what goes on the wire. One per viewer connection's stream; calls do not overlap. */
export interface FrameEncoder {
  /** What the browser is asked for. */
  readonly source: { format: "jpeg" | "png"; quality?: number };
  /** Null: nothing changed, nothing to send. */
  encode(frame: CapturedFrame): Promise<EncodedFrame | null>;
  /** The next frame starts afresh: it is a key frame. */
  reset(): void;
}

/** Passes the browser's own JPEG through: every packet is a key packet of one rectangle. */
export function createJpegEncoder(quality = 60): FrameEncoder {
  return {
    source: { format: "jpeg", quality },
    async encode({ image }) {
      const size = readJpegSize(image);
      if (size === null) throw new Error("the screencast frame is not a JPEG");
      return {
        flags: packetFlags.key | packetFlags.passThrough,
        ...size,
        shift: null,
        rectangles: [{ x: 0, y: 0, ...size, image }],
      };
    },
    reset() {},
  };
}

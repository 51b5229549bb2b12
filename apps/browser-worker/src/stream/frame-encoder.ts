/** What the browser captured, and what it is to become. */
export interface FrameToEncode {
  /** Of the packet. */
  seq: number;
  /** PNG or JPEG. Given away: not to be used afterwards. Null: nothing new, only what is rough shall be settled. */
  image: Uint8Array<ArrayBuffer> | null;
  /** By how many pixels the page says that it moved since the frame before; down is positive. */
  scrolledBy: number;
  /** The viewer has nothing that could be built on: the whole picture. */
  fresh: boolean;
}

export interface EncodedPacket {
  packet: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
  /** Part of the picture that had to be drawn anew, 0 to 1. */
  dirty: number;
  /** Some of what the viewer has is rough, because it was in motion: to be settled once nothing moves. */
  rough: boolean;
  /** All that changed is what changes all the time, such as a spinner. */
  onlyMotion: boolean;
  encodeMs: number;
}

/** Turns one stream's captured frames into packets. Calls do not overlap. */
export interface FrameEncoder {
  /** Null: nothing changed. Rejects when this frame is lost; the next must be asked for fresh. */
  encode(frame: FrameToEncode): Promise<EncodedPacket | null>;
  /** Lets go of all that it holds of the picture. */
  dispose(): void;
}

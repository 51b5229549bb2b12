import type { EncodedPacket, FrameToEncode } from "../frame-encoder.ts";

/** Between the pool and its threads. Images and packets are handed over, not copied. */
export type ToThread =
  | { type: "encode"; request: number; encoder: number; frame: FrameToEncode }
  | { type: "dispose"; encoder: number };

export type FromThread =
  | { type: "encoded"; request: number; encoded: EncodedPacket | null }
  /** Without a reason: what a codec says may speak of the picture. */
  | { type: "failed"; request: number };

// Runs as a thread of the worker process, started by encoder-pool.ts: holds the delta encoders of some streams.
import { parentPort, type MessagePort } from "node:worker_threads";
import { encodePacket } from "@attestream/shared/viewer-protocol";
import type { EncodedPacket, FrameToEncode } from "../frame-encoder.ts";
import { DeltaEncoder } from "./delta-encoder.ts";
import { imageCodec } from "./image-codec.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

const encoders = new Map<number, DeltaEncoder>();

async function encode(id: number, { seq, ...captured }: FrameToEncode): Promise<EncodedPacket | null> {
  let encoder = encoders.get(id);
  if (encoder === undefined) {
    encoder = new DeltaEncoder({ codec: imageCodec, now: () => performance.now() });
    encoders.set(id, encoder);
  }
  const from = performance.now();
  const frame = await encoder.encode(captured);
  if (frame === null) return null;
  const { flags, shift, rectangles, ...told } = frame;
  const { width, height } = told;
  const packet = encodePacket({ seq, flags, width, height, shift, rectangles });
  return { packet, ...told, encodeMs: performance.now() - from };
}

async function answer(port: MessagePort, message: ToThread): Promise<void> {
  if (message.type === "dispose") {
    encoders.delete(message.encoder);
    return;
  }
  const { request } = message;
  const reply = (said: FromThread, given: ArrayBuffer[] = []) => port.postMessage(said, given);
  try {
    const encoded = await encode(message.encoder, message.frame);
    reply({ type: "encoded", request, encoded }, encoded ? [encoded.packet.buffer] : []);
  } catch {
    reply({ type: "failed", request });
  }
}

const port = parentPort;
port?.on("message", (message: ToThread) => void answer(port, message));

import { TlsEvidenceRefused } from "../../tls-refusal.ts";

export const frameType = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  continuation: 9,
} as const;

export const flags = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export interface Frame {
  type: number;
  flags: number;
  /** 0 for the connection itself. */
  stream: number;
  payload: Uint8Array;
}

const headLength = 9;

/** The whole frames; one that has been cut off at the end is left out. */
export function* readFrames(bytes: Uint8Array): Generator<Frame, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let offset = 0;
  while (offset + headLength <= bytes.length) {
    const length = view.getUint32(offset) >>> 8;
    const end = offset + headLength + length;
    if (end > bytes.length) return;
    yield {
      type: view.getUint8(offset + 3),
      flags: view.getUint8(offset + 4),
      stream: view.getUint32(offset + 5) & 0x7fff_ffff,
      payload: bytes.subarray(offset + headLength, end),
    };
    offset = end;
  }
}

export function withoutPadding({ flags: set, payload }: Frame): Uint8Array {
  if ((set & flags.padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length)
    throw new TlsEvidenceRefused("http_invalid", "The padding of a frame.");
  return payload.subarray(1, payload.length - padding);
}

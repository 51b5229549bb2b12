import type { ServerMessage } from "./server-message.ts";
import type { ViewerMessage } from "./viewer-message.ts";

const openingBrace = 0x7b;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A JSON message as it is sealed. */
export function encodeMessage(message: ServerMessage | ViewerMessage): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify(message));
}

/** What an opened message holds: a JSON object, told by its first byte, else the bytes of a packet. Throws on text that is no JSON. */
export function readPayload(bytes: Uint8Array): { kind: "message"; value: unknown } | { kind: "packet" } {
  if (bytes[0] !== openingBrace) return { kind: "packet" };
  return { kind: "message", value: JSON.parse(decoder.decode(bytes)) };
}

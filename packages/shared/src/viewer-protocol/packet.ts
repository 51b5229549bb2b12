/**
 * One screencast frame on the wire, big-endian:
 *
 *   u8 type = 1 | u8 flags | u32 seq | u16 width | u16 height | i16 dy | u16 n
 *   then n times: u16 x | u16 y | u16 w | u16 h | u32 length | bytes of one image (JPEG, PNG or WebP, told by its first bytes)
 *
 * The viewer draws packets in the order of seq: first it shifts its picture by dy pixels (0: not at
 * all), then it draws each image at (x, y) with size w x h. A key packet covers the whole picture.
 */
export const packetFlags = { key: 1, delta: 2, passThrough: 4 } as const;

export interface PacketRectangle {
  x: number;
  y: number;
  width: number;
  height: number;
  image: Uint8Array;
}

export interface Packet {
  /** Any of packetFlags, or-ed. */
  flags: number;
  /** Counts up from 1; the viewer acknowledges it once drawn. */
  seq: number;
  /** Size of the whole picture, pixels. */
  width: number;
  height: number;
  /** Vertical shift of what is drawn already, pixels, down is positive. */
  dy: number;
  rectangles: PacketRectangle[];
}

const packetType = 1;
const headerBytes = 14;
const rectangleHeaderBytes = 12;

/** Bounds of a packet that a decoder accepts. */
export const packetLimits = { side: 8192, rectangles: 4096, bytes: 32 * 1024 * 1024 } as const;

export class PacketError extends Error {
  override readonly name = "PacketError";
}

export function encodePacket(packet: Packet): Uint8Array {
  let size = headerBytes;
  for (const rectangle of packet.rectangles) size += rectangleHeaderBytes + rectangle.image.byteLength;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, packetType);
  view.setUint8(1, packet.flags);
  view.setUint32(2, packet.seq);
  view.setUint16(6, packet.width);
  view.setUint16(8, packet.height);
  view.setInt16(10, packet.dy);
  view.setUint16(12, packet.rectangles.length);
  let at = headerBytes;
  for (const { x, y, width, height, image } of packet.rectangles) {
    view.setUint16(at, x);
    view.setUint16(at + 2, y);
    view.setUint16(at + 4, width);
    view.setUint16(at + 6, height);
    view.setUint32(at + 8, image.byteLength);
    bytes.set(image, at + rectangleHeaderBytes);
    at += rectangleHeaderBytes + image.byteLength;
  }
  return bytes;
}

/** Throws PacketError unless every field is within bounds and every rectangle within the picture. Images are views, not copies. */
export function decodePacket(bytes: Uint8Array): Packet {
  if (bytes.byteLength < headerBytes) throw new PacketError("shorter than a header");
  if (bytes.byteLength > packetLimits.bytes) throw new PacketError("too many bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== packetType) throw new PacketError("not a frame packet");
  const flags = view.getUint8(1);
  if ((flags & ~7) !== 0) throw new PacketError("unknown flags");
  const seq = view.getUint32(2);
  const width = view.getUint16(6);
  const height = view.getUint16(8);
  const dy = view.getInt16(10);
  const count = view.getUint16(12);
  if (width < 1 || height < 1 || width > packetLimits.side || height > packetLimits.side)
    throw new PacketError("picture size out of bounds");
  if (Math.abs(dy) > height) throw new PacketError("shift out of bounds");
  if (count > packetLimits.rectangles) throw new PacketError("too many rectangles");
  const rectangles: PacketRectangle[] = [];
  let at = headerBytes;
  for (let index = 0; index < count; index += 1) {
    if (at + rectangleHeaderBytes > bytes.byteLength) throw new PacketError("cut off in a rectangle");
    const x = view.getUint16(at);
    const y = view.getUint16(at + 2);
    const w = view.getUint16(at + 4);
    const h = view.getUint16(at + 6);
    const length = view.getUint32(at + 8);
    at += rectangleHeaderBytes;
    if (w < 1 || h < 1 || x + w > width || y + h > height) throw new PacketError("rectangle outside the picture");
    if (length < 1 || at + length > bytes.byteLength) throw new PacketError("cut off in an image");
    rectangles.push({ x, y, width: w, height: h, image: bytes.subarray(at, at + length) });
    at += length;
  }
  if (at !== bytes.byteLength) throw new PacketError("bytes after the last rectangle");
  return { flags, seq, width, height, dy, rectangles };
}

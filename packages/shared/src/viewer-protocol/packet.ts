/**
 * One screencast frame on the wire, big-endian:
 *
 *   u8 type = 1 | u8 flags | u32 seq | u16 width | u16 height | i16 dy | u16 n
 *   if dy is not 0: u16 x | u16 y | u16 w | u16 h, the region that is shifted
 *   then n times: u16 x | u16 y | u16 w | u16 h | u32 length | bytes of one image (JPEG, PNG or WebP, told by its first bytes)
 *
 * The viewer draws packets in the order of seq. First the shift: inside the region, and nowhere else,
 * what is drawn already moves by dy pixels; what would leave the region is lost, what nothing moved onto
 * stays as it was. Then each image at (x, y) with size w x h. A key packet covers the whole picture and
 * shifts nothing.
 */
export const packetFlags = { key: 1, delta: 2, passThrough: 4 } as const;

export interface PacketArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PacketRectangle extends PacketArea {
  image: Uint8Array;
}

export interface PacketShift extends PacketArea {
  /** Pixels, down is positive; never 0, always less than the region's height. */
  dy: number;
}

export interface Packet {
  /** Any of packetFlags, or-ed. */
  flags: number;
  /** Counts up from 1; the viewer acknowledges it once drawn. */
  seq: number;
  /** Size of the whole picture, pixels. */
  width: number;
  height: number;
  shift: PacketShift | null;
  rectangles: PacketRectangle[];
}

const packetType = 1;
const headerBytes = 14;
const areaBytes = 8;
const rectangleHeaderBytes = 12;

/** Bounds of a packet that a decoder accepts. */
export const packetLimits = { side: 8192, rectangles: 4096, bytes: 32 * 1024 * 1024 } as const;

export class PacketError extends Error {
  override readonly name = "PacketError";
}

export function encodePacket(packet: Packet): Uint8Array<ArrayBuffer> {
  let size = headerBytes + (packet.shift ? areaBytes : 0);
  for (const rectangle of packet.rectangles) size += rectangleHeaderBytes + rectangle.image.byteLength;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, packetType);
  view.setUint8(1, packet.flags);
  view.setUint32(2, packet.seq);
  view.setUint16(6, packet.width);
  view.setUint16(8, packet.height);
  view.setInt16(10, packet.shift?.dy ?? 0);
  view.setUint16(12, packet.rectangles.length);
  let at = headerBytes;
  const writeArea = ({ x, y, width, height }: PacketArea) =>
    [x, y, width, height].forEach((value, index) => view.setUint16(at + index * 2, value));
  if (packet.shift) {
    writeArea(packet.shift);
    at += areaBytes;
  }
  for (const rectangle of packet.rectangles) {
    const { image } = rectangle;
    writeArea(rectangle);
    view.setUint32(at + areaBytes, image.byteLength);
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
  if (count > packetLimits.rectangles) throw new PacketError("too many rectangles");
  let at = headerBytes;
  const readArea = (): PacketArea => {
    const [x, y, w, h] = [0, 2, 4, 6].map((offset) => view.getUint16(at + offset)) as [number, number, number, number];
    if (w < 1 || h < 1 || x + w > width || y + h > height) throw new PacketError("rectangle outside the picture");
    return { x, y, width: w, height: h };
  };
  let shift: PacketShift | null = null;
  if (dy !== 0) {
    if (at + areaBytes > bytes.byteLength) throw new PacketError("cut off in the shift");
    if ((flags & packetFlags.key) !== 0) throw new PacketError("a key packet with a shift");
    shift = { ...readArea(), dy };
    if (Math.abs(dy) >= shift.height) throw new PacketError("shift out of bounds");
    at += areaBytes;
  }
  const rectangles: PacketRectangle[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + rectangleHeaderBytes > bytes.byteLength) throw new PacketError("cut off in a rectangle");
    const area = readArea();
    const length = view.getUint32(at + areaBytes);
    at += rectangleHeaderBytes;
    if (length < 1 || at + length > bytes.byteLength) throw new PacketError("cut off in an image");
    rectangles.push({ ...area, image: bytes.subarray(at, at + length) });
    at += length;
  }
  if (at !== bytes.byteLength) throw new PacketError("bytes after the last rectangle");
  return { flags, seq, width, height, shift, rectangles };
}

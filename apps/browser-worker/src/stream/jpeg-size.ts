/** Width and height from a JPEG's frame header, or null if there is none. The screencast's metadata does not tell the picture's own size. */
export function readJpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= bytes.byteLength;) {
    const marker = view.getUint16(at);
    if (marker >> 8 !== 0xff) return null;
    // SOF0..SOF15 without DHT (C4), JPG (C8) and DAC (CC).
    const isFrameHeader =
      marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc;
    if (isFrameHeader) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

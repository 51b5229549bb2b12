import { imageType } from "./image-type.ts";

export type DecodedImage = ImageBitmap | VideoFrame;

/** Of bytes: what is drawn in a moment. */
const mostAtOnce = 64 * 1024;

/**
 * Small images, which most packets are made of, go straight to the decoder where the browser lets them: a Blob takes
 * its way through another process, two milliseconds and at times ten. Not all browsers have it, and none without TLS.
 */
export async function decodeImage(bytes: Uint8Array<ArrayBuffer>): Promise<DecodedImage> {
  const type = imageType(bytes);
  const isSmall = type !== "image/jpeg" && bytes.byteLength <= mostAtOnce;
  if (!isSmall || !("ImageDecoder" in globalThis))
    // Numbers as they are: a display's colour profile must not make one format look unlike another.
    return createImageBitmap(new Blob([bytes], { type }), { colorSpaceConversion: "none" });
  const decoder = new ImageDecoder({ data: bytes, type, colorSpaceConversion: "none" });
  try {
    return (await decoder.decode()).image;
  } finally {
    decoder.close();
  }
}

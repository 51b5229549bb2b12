import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { TlsEvidenceRefused } from "../tls-refusal.ts";

const mostCodings = 3;

type Decode = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const decoders: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  // Some servers leave out zlib's header; its first byte has 8 in its lower half.
  deflate: (bytes, options) => (((bytes[0] ?? 8) & 15) === 8 ? inflateSync : inflateRawSync)(bytes, options),
};

/** Undoes Content-Encoding. Refuses what grows beyond the limit before it has grown. */
export function decodeBody(body: Uint8Array, headers: readonly [string, string][], longest: number): Uint8Array {
  const codings = headers
    .filter(([name]) => name === "content-encoding")
    .flatMap(([, value]) => value.toLowerCase().split(","))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > mostCodings) throw new TlsEvidenceRefused("http_encoding");
  let decoded = body;
  for (const coding of codings.toReversed()) {
    const decode = decoders[coding];
    if (decode === undefined) throw new TlsEvidenceRefused("http_encoding");
    // An answer without a body, to HEAD or a 304, has nothing that could be decoded.
    if (decoded.length > 0) decoded = runDecoder(decode, decoded, longest);
  }
  if (decoded.length > longest) throw new TlsEvidenceRefused("http_too_large");
  return decoded;
}

function runDecoder(decode: Decode, bytes: Uint8Array, longest: number): Uint8Array {
  try {
    return decode(bytes, { maxOutputLength: Math.max(1, longest) });
  } catch (error) {
    const tooLarge = error instanceof RangeError || (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new TlsEvidenceRefused(tooLarge ? "http_too_large" : "http_encoding");
  }
}

import { brotliDecompressSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { ByteReader } from "../byte-reader.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";

const mostCertificates = 10;
const longestMessage = 2 ** 17;

/** The certificates of a Certificate message, DER, leaf first. */
export function parseCertificates(body: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(body, "handshake_invalid", "Certificate");
  if (reader.vector(1).length > 0) reader.refuse("It answers no request.");
  const list = reader.inner(3);
  reader.end();
  const certificates: Uint8Array[] = [];
  while (list.left > 0) {
    certificates.push(list.vector(3));
    list.vector(2);
  }
  if (certificates.length === 0) list.refuse("It is empty.");
  if (certificates.length > mostCertificates)
    throw new TlsEvidenceRefused("certificate_invalid", "There are too many.");
  return certificates;
}

const decompressors: Readonly<Record<number, (bytes: Uint8Array, limit: number) => Uint8Array>> = {
  1: (bytes, maxOutputLength) => inflateSync(bytes, { maxOutputLength }),
  2: (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength }),
  3: (bytes, maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength }),
};

/** The body of the Certificate message inside a CompressedCertificate (RFC 8879). */
export function decompressCertificate(body: Uint8Array): Uint8Array {
  const reader = new ByteReader(body, "handshake_invalid", "CompressedCertificate");
  const decompress = decompressors[reader.number(2)];
  const length = reader.number(3);
  const compressed = reader.vector(3);
  reader.end();
  if (decompress === undefined || length === 0 || length > longestMessage)
    throw new TlsEvidenceRefused("certificate_compression");
  let certificate: Uint8Array;
  try {
    certificate = decompress(compressed, length);
  } catch {
    throw new TlsEvidenceRefused("certificate_compression");
  }
  if (certificate.length !== length) throw new TlsEvidenceRefused("certificate_compression");
  return certificate;
}

/**
 * Web Crypto writes a P-256 signature as r and s side by side; DSSE tools and openssl read the DER form
 * (SEQUENCE of two INTEGERs). Envelopes carry DER, so that they can be checked without conversion.
 */
const width = 32;

export function toDer(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const numbers = [signature.subarray(0, width), signature.subarray(width)].flatMap((half) => {
    const start = half.findIndex((byte) => byte !== 0);
    const digits = half.subarray(start === -1 ? width - 1 : start);
    // A leading one bit would make the number negative.
    const value = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : [...digits];
    return [0x02, value.length, ...value];
  });
  return Uint8Array.of(0x30, numbers.length, ...numbers);
}

/** Null for anything but the one DER form of two numbers of at most 256 bits. */
export function fromDer(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const signature = new Uint8Array(2 * width);
  let offset = 2;
  for (const end of [width, 2 * width]) {
    const length = der[offset + 1] ?? 0;
    const value = der.subarray(offset + 2, offset + 2 + length);
    const digits = value[0] === 0 ? value.subarray(1) : value;
    if (digits.length > width) return null;
    signature.set(digits, end - digits.length);
    offset += 2 + length;
  }
  const canonical = toDer(signature);
  return canonical.length === der.length && canonical.every((byte, index) => byte === der[index]) ? signature : null;
}

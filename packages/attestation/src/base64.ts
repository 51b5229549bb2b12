const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  // In pieces: a call takes only so many arguments.
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

/** Standard alphabet, padded, and canonical: null for any other spelling, so that what is hashed has one form. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!base64Pattern.test(text)) return null;
  const binary = atob(text);
  return btoa(binary) === text ? toBytes(binary) : null;
}

export function encodeBase64url(bytes: Uint8Array): string {
  return toUrlAlphabet(encodeBase64(bytes));
}

/** Throws for anything but base64url. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> {
  return toBytes(atob(toStandardAlphabet(text)));
}

/** The last character of base64url can have bits that mean nothing. They must be zero, or one attestation could be spelled in several ways. */
export function isCanonicalBase64url(text: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return false;
  return toUrlAlphabet(btoa(atob(toStandardAlphabet(text)))) === text;
}

function toUrlAlphabet(text: string): string {
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function toStandardAlphabet(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

/** A loop, because `Uint8Array.from` takes ten times as long. */
function toBytes(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

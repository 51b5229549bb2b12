import type { ByteReader } from "../byte-reader.ts";

export const extensionType = {
  serverName: 0,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  cookie: 44,
  keyShare: 51,
} as const;

export type Extensions = ReadonlyMap<number, Uint8Array>;

/** A list of extensions with its length before it; each may occur once. */
export function readExtensions(reader: ByteReader): Extensions {
  const list = reader.inner(2);
  const extensions = new Map<number, Uint8Array>();
  while (list.left > 0) {
    const type = list.number(2);
    if (extensions.has(type)) list.refuse("An extension is there twice.");
    extensions.set(type, list.vector(2));
  }
  return extensions;
}

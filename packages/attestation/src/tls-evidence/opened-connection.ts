/** What a recording shows once it has been opened and every check has passed. */
export interface OpenedConnection {
  version: "1.3";
  /** IANA's name of the suite. */
  cipher: string;
  alpn: "http/1.1" | "h2" | null;
  clientRandom: Uint8Array;
  /** SHA-256 in hex; the chain as it was checked: leaf first, then up to the root, which is in it. */
  certificate: { leafSpkiSha256: string; chainSha256: string[]; notAfter: Date };
  /** SHA-256 in hex of the ciphertext of each direction. */
  transcript: { sentSha256: string; receivedSha256: string };
  /** The server's application data. */
  plaintext: Uint8Array;
  /** Whether the server has ended it (close_notify). Otherwise more may have followed, or have been cut off. */
  closed: boolean;
}

export interface OpenOptions {
  /** Trusted root certificates, PEM. The same array is parsed once. */
  roots: readonly string[];
  now: Date;
}

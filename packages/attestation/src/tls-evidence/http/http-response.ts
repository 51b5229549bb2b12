import type { TlsRefusal } from "../tls-refusal.ts";

export interface HttpResponse {
  status: number;
  /** Names in lower case, in the order of arrival; fields of trailers are left out. */
  headers: [string, string][];
  /** Decoded: chunked, then gzip, br, zstd, deflate. Empty where `unread` says why it could not be. */
  body: Uint8Array;
  /** SHA-256 in hex of the decoded body. */
  bodySha256: string;
  /** Whether the body came to its end, and could be decoded. */
  complete: boolean;
  /** Why the body could not be decoded. One such response does not spoil the others of its connection. */
  unread: TlsRefusal | null;
}

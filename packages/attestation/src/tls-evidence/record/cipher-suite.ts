export interface CipherSuite {
  id: number;
  /** IANA's name. */
  name: string;
  /** As node:crypto calls it. */
  aead: "aes-128-gcm" | "aes-256-gcm" | "chacha20-poly1305";
  keyLength: number;
  hash: "sha256" | "sha384";
  hashLength: number;
}

/** The suites of TLS 1.3 that browsers offer. */
export const cipherSuites: readonly CipherSuite[] = [
  {
    id: 0x1301,
    name: "TLS_AES_128_GCM_SHA256",
    aead: "aes-128-gcm",
    keyLength: 16,
    hash: "sha256",
    hashLength: 32,
  },
  {
    id: 0x1302,
    name: "TLS_AES_256_GCM_SHA384",
    aead: "aes-256-gcm",
    keyLength: 32,
    hash: "sha384",
    hashLength: 48,
  },
  {
    id: 0x1303,
    name: "TLS_CHACHA20_POLY1305_SHA256",
    aead: "chacha20-poly1305",
    keyLength: 32,
    hash: "sha256",
    hashLength: 32,
  },
];

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const algorithm = "aes-256-gcm";
const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** Seals values for the database. `aad` says what the value is of (table, column, id), so that it cannot be moved elsewhere. */
export interface Sealer {
  seal(value: string | Uint8Array, aad: string): Uint8Array;
  /** Throws when the value was altered, moved or sealed under another key. */
  open(sealed: Uint8Array, aad: string): Uint8Array;
  openText(sealed: Uint8Array, aad: string): string;
}

/** A key of its own for one purpose, 32 bytes, from the master key. */
export function deriveKey(masterKey: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(0), `attestream ${label}`, 32));
}

/** AES-256-GCM with a random nonce. Layout: version (1), nonce (12), tag (16), ciphertext. */
export function createSealer(masterKey: Uint8Array): Sealer {
  const key = deriveKey(masterKey, "storage v1");

  function open(sealed: Uint8Array, aad: string): Uint8Array {
    const header = 1 + nonceBytes + tagBytes;
    if (sealed.length < header || sealed[0] !== formatVersion) throw new Error("A sealed value has an unknown form");
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(1, 1 + nonceBytes));
    decipher.setAAD(Buffer.from(aad));
    decipher.setAuthTag(sealed.subarray(1 + nonceBytes, header));
    return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(header)), decipher.final()]));
  }

  return {
    seal(value, aad) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce);
      cipher.setAAD(Buffer.from(aad));
      const body = Buffer.concat([
        cipher.update(typeof value === "string" ? Buffer.from(value) : value),
        cipher.final(),
      ]);
      return new Uint8Array(Buffer.concat([Uint8Array.of(formatVersion), nonce, cipher.getAuthTag(), body]));
    },
    open,
    openText: (sealed, aad) => new TextDecoder().decode(open(sealed, aad)),
  };
}

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

const algorithm = "aes-256-gcm";
/** Version 1 was sealed under the master key's own key and names none. */
const firstVersion = 1;
const version = 2;
const keyIdBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;

/** Seals values for the database. `aad` says what the value is of (table, column, id), so that it cannot be moved elsewhere. */
export interface Sealer {
  /** Names the key that seals; hexadecimal, and no way back to the key. */
  keyId: string;
  /** What every value begins with that is sealed under it. */
  prefix: Uint8Array;
  seal(value: string | Uint8Array, aad: string): Uint8Array;
  /** Throws when the value was altered or moved; UnknownKeyError when it was sealed under a key that is not here. */
  open(sealed: Uint8Array, aad: string): Uint8Array;
  openText(sealed: Uint8Array, aad: string): string;
}

/** A value is there, and the key that it was sealed under is not. */
export class UnknownKeyError extends Error {
  readonly keyId: string;

  constructor(keyId: string) {
    super(`A value is sealed under the key ${keyId}, which is not among ENCRYPTION_KEY and ENCRYPTION_KEYS_OLD.`);
    this.name = "UnknownKeyError";
    this.keyId = keyId;
  }
}

/** A key of its own for one purpose, 32 bytes, from the master key. */
export function deriveKey(masterKey: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(0), `attestream ${label}`, 32));
}

/**
 * AES-256-GCM with a random nonce. Layout: version (1), key id (8), nonce (12), tag (16), ciphertext.
 * Without `current` the key comes from the master key. What was sealed under that one, or under one of
 * `old`, still opens.
 */
export function createSealer(
  masterKey: Uint8Array,
  configured: { current?: string | undefined; old?: readonly string[] } = {},
): Sealer {
  const fromMaster = deriveKey(masterKey, "storage v1");
  const given = (key: string) => deriveKey(new TextEncoder().encode(key), "storage v2");
  const current = configured.current === undefined ? fromMaster : given(configured.current);
  const keys = new Map([fromMaster, current, ...(configured.old ?? []).map(given)].map((key) => [idOf(key), key]));
  const keyId = idOf(current);
  const prefix = Buffer.concat([Uint8Array.of(version), Buffer.from(keyId, "hex")]);

  function open(sealed: Uint8Array, aad: string): Uint8Array {
    const isFirst = sealed[0] === firstVersion;
    const head = isFirst ? 1 : prefix.length;
    const body = head + nonceBytes + tagBytes;
    if (sealed.length < body || (!isFirst && sealed[0] !== version))
      throw new Error("A sealed value has an unknown form");
    const named = Buffer.from(sealed.subarray(1, head)).toString("hex");
    const key = isFirst ? fromMaster : keys.get(named);
    if (key === undefined) throw new UnknownKeyError(named);
    const decipher = createDecipheriv(algorithm, key, sealed.subarray(head, head + nonceBytes));
    decipher.setAAD(isFirst ? Buffer.from(aad) : Buffer.concat([sealed.subarray(0, head), Buffer.from(aad)]));
    decipher.setAuthTag(sealed.subarray(head + nonceBytes, body));
    return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(body)), decipher.final()]));
  }

  return {
    keyId,
    prefix: new Uint8Array(prefix),
    seal(value, aad) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, current, nonce);
      cipher.setAAD(Buffer.concat([prefix, Buffer.from(aad)]));
      const body = Buffer.concat([
        cipher.update(typeof value === "string" ? Buffer.from(value) : value),
        cipher.final(),
      ]);
      return new Uint8Array(Buffer.concat([prefix, nonce, cipher.getAuthTag(), body]));
    },
    open,
    openText: (sealed, aad) => new TextDecoder().decode(open(sealed, aad)),
  };
}

function idOf(key: Uint8Array): string {
  return createHash("sha256").update("attestream key id").update(key).digest().subarray(0, keyIdBytes).toString("hex");
}

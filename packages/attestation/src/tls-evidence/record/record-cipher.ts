import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import type { CipherSuite } from "./cipher-suite.ts";
import { ivLength, type TrafficKey } from "./key-schedule.ts";
import { contentType, headerLength, type TlsRecord } from "./record-splitter.ts";

export interface InnerPlaintext {
  type: number;
  content: Uint8Array;
}

export const tagLength = 16;
const longestContent = 2 ** 14;

/** Opens the records of one key in their order. */
export class RecordOpener {
  readonly #suite: CipherSuite;
  /** Imported once: node:crypto takes longer to look at raw bytes than to decrypt a short record. */
  readonly #key: KeyObject;
  readonly #iv: Uint8Array;
  #opened = 0;

  constructor(suite: CipherSuite, { key, iv }: TrafficKey) {
    this.#suite = suite;
    this.#key = createSecretKey(key);
    this.#iv = iv;
  }

  get opened(): number {
    return this.#opened;
  }

  /** Null when it is not the next record of this key: altered, out of its place, or another key's. */
  tryOpen({ type, header, fragment }: TlsRecord): InnerPlaintext | null {
    if (type !== contentType.applicationData || fragment.length <= tagLength) return null;
    const { aead } = this.#suite;
    const nonce = nonceOf(this.#iv, this.#opened);
    const decipher = createDecipheriv(aead as "aes-128-gcm", this.#key, nonce, { authTagLength: tagLength });
    decipher.setAAD(header);
    decipher.setAuthTag(fragment.subarray(fragment.length - tagLength));
    const inner = decipher.update(fragment.subarray(0, fragment.length - tagLength));
    try {
      decipher.final();
    } catch {
      return null;
    }
    this.#opened += 1;
    return withoutPadding(inner);
  }
}

/** Seals the records of one key in their order. */
export class RecordSealer {
  readonly #suite: CipherSuite;
  readonly #key: KeyObject;
  readonly #iv: Uint8Array;
  #sealed = 0;

  constructor(suite: CipherSuite, { key, iv }: TrafficKey) {
    this.#suite = suite;
    this.#key = createSecretKey(key);
    this.#iv = iv;
  }

  seal(type: number, content: Uint8Array): Uint8Array {
    if (content.length > longestContent) throw new RangeError(`a record holds ${longestContent} bytes at most`);
    const length = content.length + 1 + tagLength;
    const header = Uint8Array.of(contentType.applicationData, 3, 3, length >> 8, length & 255);
    const nonce = nonceOf(this.#iv, this.#sealed);
    const cipher = createCipheriv(this.#suite.aead as "aes-128-gcm", this.#key, nonce, {
      authTagLength: tagLength,
    });
    cipher.setAAD(header);
    const sealed = Buffer.concat([cipher.update(content), cipher.update(Uint8Array.of(type)), cipher.final()]);
    this.#sealed += 1;
    return Buffer.concat([header, sealed, cipher.getAuthTag()]);
  }
}

/** How many bytes of content a record of that many bytes can hold. */
export function contentLength(record: TlsRecord): number {
  return Math.max(0, record.fragment.length - tagLength - 1);
}

export const wholeLength = (record: TlsRecord) => headerLength + record.fragment.length;

function nonceOf(iv: Uint8Array, sequence: number): Uint8Array {
  const nonce = Uint8Array.from(iv);
  for (let index = ivLength - 1, rest = sequence; rest > 0; index -= 1, rest = Math.floor(rest / 256))
    nonce[index] = (nonce[index] ?? 0) ^ (rest % 256);
  return nonce;
}

function withoutPadding(inner: Uint8Array): InnerPlaintext {
  let end = inner.length - 1;
  while (end >= 0 && inner[end] === 0) end -= 1;
  if (end < 0 || end > longestContent) throw new TlsEvidenceRefused("record_invalid");
  return { type: inner[end] ?? 0, content: inner.subarray(0, end) };
}

import { createHash, type Hash } from "node:crypto";
import type { CipherSuite } from "../record/cipher-suite.ts";
import { messageType, toMessage } from "./handshake-message.ts";

/** The hash over the messages of a handshake so far. */
export class Transcript {
  readonly #hash: Hash;

  constructor(suite: CipherSuite) {
    this.#hash = createHash(suite.hash);
  }

  add(raw: Uint8Array): void {
    this.#hash.update(raw);
  }

  digest(): Uint8Array {
    return this.#hash.copy().digest();
  }

  /** After a HelloRetryRequest a message with the hash of the first ClientHello stands in its place. */
  static afterRetry(suite: CipherSuite, firstHello: Uint8Array, retry: Uint8Array): Transcript {
    const transcript = new Transcript(suite);
    transcript.add(toMessage(messageType.messageHash, createHash(suite.hash).update(firstHello).digest()));
    transcript.add(retry);
    return transcript;
  }
}

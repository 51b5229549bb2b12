import type { TlsRefusal } from "./tls-refusal.ts";

/** What a proxy must know of a connection while its bytes pass. Incremental, never throws, keeps little. */
export class HandshakeWatcher {
  fromClient(_bytes: Uint8Array): void {}

  fromServer(_bytes: Uint8Array): void {}

  /** "hello" until the server has chosen, "protected" from the client's first encrypted record on. */
  get state(): "hello" | "handshake" | "protected" | "unusable" {
    return "unusable";
  }

  get reason(): TlsRefusal | null {
    return "not_tls";
  }

  get clientRandom(): Uint8Array | null {
    return null;
  }

  /** How many bytes of the client's stream may pass before the commitment: its ClientHello(s) and ChangeCipherSpec. */
  get clearClientBytes(): number {
    return 0;
  }
}

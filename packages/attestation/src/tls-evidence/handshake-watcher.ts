import { parseClientHello, type ClientHello } from "./handshake/client-hello.ts";
import { MessageJoiner, messageType } from "./handshake/handshake-message.ts";
import { parseServerHello } from "./handshake/server-hello.ts";
import { wholeLength } from "./record/record-cipher.ts";
import { contentType, RecordSplitter, type TlsRecord } from "./record/record-splitter.ts";
import { TlsEvidenceRefused, type TlsRefusal } from "./tls-refusal.ts";

/**
 * What a proxy must know of a connection while its bytes pass. Incremental, never throws, keeps at most the hellos. It
 * looks at what is sent in the clear only; `openConnection` does the checking.
 */
export class HandshakeWatcher {
  readonly #client = { splitter: new RecordSplitter(), joiner: new MessageJoiner() };
  readonly #server = { splitter: new RecordSplitter(), joiner: new MessageJoiner() };
  #hellos: ClientHello[] = [];
  #retried = false;
  #chosen = false;
  #encrypted = false;
  #clearBytes = 0;
  #reason: TlsRefusal | null = null;

  fromClient(bytes: Uint8Array): void {
    if (this.#reason !== null || this.#encrypted) return;
    this.#watch(() => {
      for (const record of this.#client.splitter.push(bytes)) {
        if (this.#encrypted) return;
        this.#takeFromClient(record);
      }
    });
  }

  fromServer(bytes: Uint8Array): void {
    if (this.#reason !== null || this.#chosen) return;
    this.#watch(() => {
      for (const record of this.#server.splitter.push(bytes)) {
        if (this.#chosen) return;
        this.#takeFromServer(record);
      }
    });
  }

  /** "hello" until the server has chosen, "protected" from the client's first encrypted record on. */
  get state(): "hello" | "handshake" | "protected" | "unusable" {
    if (this.#reason !== null) return "unusable";
    if (this.#encrypted) return "protected";
    return this.#chosen ? "handshake" : "hello";
  }

  /** Why it is unusable. */
  get reason(): TlsRefusal | null {
    return this.#reason;
  }

  get clientRandom(): Uint8Array | null {
    return this.#hellos[0]?.random ?? null;
  }

  /**
   * How many bytes of the client's stream may pass before the commitment: the whole records of its ClientHello(s) and
   * of ChangeCipherSpec. A record that has not come to its end is not counted yet.
   */
  get clearClientBytes(): number {
    return this.#clearBytes;
  }

  #takeFromClient(record: TlsRecord): void {
    if (record.type === contentType.applicationData && this.#hellos.length > 0) {
      // Nothing may be encrypted before the server has chosen keys, but early data.
      if (!this.#chosen) throw new TlsEvidenceRefused("early_data");
      this.#encrypted = true;
      return;
    }
    if (record.type === contentType.handshake) this.#takeClientFragment(record.fragment);
    else if (record.type !== contentType.changeCipherSpec || this.#hellos.length === 0)
      throw new TlsEvidenceRefused(this.#hellos.length === 0 ? "not_tls" : "record_invalid");
    this.#clearBytes += wholeLength(record);
  }

  #takeClientFragment(fragment: Uint8Array): void {
    const expected = this.#retried ? 2 : 1;
    if (this.#hellos.length >= expected || this.#chosen) throw new TlsEvidenceRefused("handshake_invalid");
    for (const message of this.#client.joiner.push(fragment)) {
      if (message.type !== messageType.clientHello || this.#hellos.length >= expected)
        throw new TlsEvidenceRefused("handshake_invalid");
      const hello = parseClientHello(message);
      if (hello.offersEarlyData) throw new TlsEvidenceRefused("early_data");
      this.#hellos.push({ ...hello, random: Uint8Array.from(hello.random) });
    }
  }

  #takeFromServer(record: TlsRecord): void {
    if (record.type === contentType.changeCipherSpec && this.#retried) return;
    const hello = this.#hellos.at(-1);
    if (hello === undefined) throw new TlsEvidenceRefused("not_tls");
    if (record.type === contentType.alert) throw new TlsEvidenceRefused("handshake_failed");
    if (record.type !== contentType.handshake) throw new TlsEvidenceRefused("record_invalid");
    for (const message of this.#server.joiner.push(record.fragment)) {
      if (message.type !== messageType.serverHello || this.#chosen) throw new TlsEvidenceRefused("handshake_invalid");
      const answer = parseServerHello(message, hello);
      if (answer.isRetry && this.#retried) throw new TlsEvidenceRefused("handshake_invalid");
      if (answer.isRetry) this.#retried = true;
      else this.#chosen = true;
    }
  }

  #watch(take: () => void): void {
    try {
      take();
    } catch (error) {
      if (!(error instanceof TlsEvidenceRefused)) throw error;
      this.#reason = error.code;
    }
  }
}

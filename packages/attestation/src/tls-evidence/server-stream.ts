import { ByteCollector } from "./byte-collector.ts";
import type { ClientHello } from "./handshake/client-hello.ts";
import { MessageJoiner, messageType, type HandshakeMessage } from "./handshake/handshake-message.ts";
import type { ServerHello } from "./handshake/server-hello.ts";
import { expectType, ServerHandshake, type SecretSource, type ServerFlight } from "./handshake/server-handshake.ts";
import type { CipherSuite } from "./record/cipher-suite.ts";
import { nextTrafficSecret, trafficKey } from "./record/key-schedule.ts";
import { RecordOpener, type InnerPlaintext } from "./record/record-cipher.ts";
import { contentType, RecordSplitter, type TlsRecord } from "./record/record-splitter.ts";
import { TlsEvidenceRefused } from "./tls-refusal.ts";

const closeNotify = 0;
const userCanceled = 90;

/** Reads what a server sends, from its ServerHello to its close_notify, however the bytes are chunked. */
export class ServerStream {
  readonly #handshake: ServerHandshake;
  readonly #splitter = new RecordSplitter();
  readonly #joiner = new MessageJoiner();
  readonly #data = new ByteCollector();
  #secret: Uint8Array | null = null;
  #opener: RecordOpener | null = null;
  /** After a KeyUpdate the secret follows from one that has opened records. */
  #keyIsKnown = false;
  /** Nothing counts any more. */
  #ended = false;
  #closed = false;

  /** `hellos`: the client's one hello, and the second where there was one. */
  constructor(hellos: readonly ClientHello[], secrets: SecretSource) {
    this.#handshake = new ServerHandshake(hellos, secrets);
  }

  push(bytes: Uint8Array): void {
    for (const record of this.#splitter.push(bytes)) {
      // What follows the end of a stream is to be ignored (RFC 8446, 6.1).
      if (this.#ended) return;
      this.#takeRecord(record);
    }
  }

  /** After a HelloRetryRequest. */
  addHello(hello: ClientHello): void {
    this.#handshake.addHello(hello);
  }

  /** The HelloRetryRequest, once it has come. */
  get retry(): ServerHello | null {
    return this.#handshake.retry;
  }

  /** Null until the server's Finished has come and has been checked. */
  get flight(): ServerFlight | null {
    return this.#handshake.flight;
  }

  /** The application data so far. */
  get data(): Uint8Array {
    return this.#data.bytes;
  }

  /** Whether a close_notify has come. */
  get closed(): boolean {
    return this.#closed;
  }

  #takeRecord(record: TlsRecord): void {
    if (record.type === contentType.changeCipherSpec) {
      const inHandshake = this.flight === null && (this.#opener !== null || this.retry !== null);
      if (!inHandshake || record.fragment.length !== 1 || record.fragment[0] !== 1 || this.#joiner.inside)
        throw new TlsEvidenceRefused("record_invalid");
      return;
    }
    if (this.#opener === null) {
      this.#takeContent({ type: record.type, content: record.fragment });
      return;
    }
    const first = this.#opener.opened === 0 && !this.#keyIsKnown;
    const inner = this.#opener.tryOpen(record);
    if (inner === null) throw new TlsEvidenceRefused(first ? "wrong_secrets" : "record_invalid");
    this.#takeContent(inner);
  }

  #takeContent({ type, content }: InnerPlaintext): void {
    if (type === contentType.handshake) this.#takeFragment(content);
    else if (this.#joiner.inside) throw new TlsEvidenceRefused("handshake_invalid", "A message is interrupted.");
    else if (type === contentType.alert) this.#takeAlert(content);
    else if (type === contentType.applicationData && this.flight !== null) {
      this.#data.add(content);
    } else throw new TlsEvidenceRefused(this.#opener === null ? "not_tls" : "record_invalid");
  }

  #takeFragment(fragment: Uint8Array): void {
    if (fragment.length === 0) throw new TlsEvidenceRefused("record_invalid");
    const messages = this.#joiner.push(fragment);
    for (const [index, message] of messages.entries()) {
      const opener = this.#opener;
      this.#takeMessage(message);
      // A key is changed between two records, never inside one.
      if (opener !== this.#opener && (index < messages.length - 1 || this.#joiner.inside))
        throw new TlsEvidenceRefused("handshake_invalid", "A message goes on over a change of keys.");
    }
  }

  #takeAlert(content: Uint8Array): void {
    const [, description] = content;
    if (content.length !== 2) throw new TlsEvidenceRefused("record_invalid");
    if (description === userCanceled) return;
    if (this.flight === null) throw new TlsEvidenceRefused("handshake_failed");
    this.#closed = description === closeNotify;
    this.#ended = true;
  }

  #takeMessage(message: HandshakeMessage): void {
    if (this.flight !== null) return this.#takeLater(message, this.flight.suite);
    const secret = this.#handshake.take(message);
    if (secret !== null && this.#handshake.suite !== null) this.#useSecret(this.#handshake.suite, secret);
  }

  /** After the handshake: tickets say nothing here. */
  #takeLater(message: HandshakeMessage, suite: CipherSuite): void {
    if (message.type === messageType.newSessionTicket) return;
    expectType(message, messageType.keyUpdate);
    if (this.#secret === null || message.body.length !== 1 || (message.body[0] ?? 2) > 1)
      throw new TlsEvidenceRefused("handshake_invalid", "KeyUpdate");
    this.#useSecret(suite, nextTrafficSecret(suite, this.#secret));
    this.#keyIsKnown = true;
  }

  #useSecret(suite: CipherSuite, secret: Uint8Array): void {
    this.#secret = secret;
    this.#opener = new RecordOpener(suite, trafficKey(suite, secret));
  }
}

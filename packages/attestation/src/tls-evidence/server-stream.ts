import { timingSafeEqual, X509Certificate } from "node:crypto";
import { ByteCollector } from "./byte-collector.ts";
import { ByteReader } from "./byte-reader.ts";
import { publicKeyOf } from "./certificate/public-key.ts";
import { decompressCertificate, parseCertificates } from "./handshake/certificate-message.ts";
import { checkCertificateVerify } from "./handshake/certificate-verify.ts";
import { readProtocols, type ClientHello } from "./handshake/client-hello.ts";
import { extensionType, readExtensions, type Extensions } from "./handshake/extensions.ts";
import { MessageJoiner, messageType, type HandshakeMessage } from "./handshake/handshake-message.ts";
import { parseServerHello, type ServerHello } from "./handshake/server-hello.ts";
import { Transcript } from "./handshake/transcript.ts";
import type { CipherSuite } from "./record/cipher-suite.ts";
import { finishedData, nextTrafficSecret, trafficKey } from "./record/key-schedule.ts";
import { RecordOpener, type InnerPlaintext } from "./record/record-cipher.ts";
import { contentType, RecordSplitter, type TlsRecord } from "./record/record-splitter.ts";
import { TlsEvidenceRefused } from "./tls-refusal.ts";

/** Where the server's secrets come from: disclosed by the client, or derived by a client of our own. */
export interface SecretSource {
  /** `helloHash`: the transcript up to the ServerHello. */
  handshake(hello: ServerHello, helloHash: Uint8Array): Uint8Array;
  /** `finishedHash`: the transcript up to the server's Finished. */
  application(suite: CipherSuite, finishedHash: Uint8Array): Uint8Array;
}

/** What the server has shown once its Finished has been checked. */
export interface ServerFlight {
  suite: CipherSuite;
  alpn: "http/1.1" | "h2" | null;
  /** As the server sent them, leaf first. The leaf's key has signed this handshake; whose it is, is not checked here. */
  certificates: readonly X509Certificate[];
  /** Whether the server asked for a certificate of the client, and with which context. */
  requestContext: Uint8Array | null;
  /** Up to the server's Finished. */
  transcript: Transcript;
}

type Step = "hello" | "extensions" | "certificate" | "verify" | "finished" | "data" | "closed";

const closeNotify = 0;
const userCanceled = 90;

/**
 * Reads what a server sends, from its ServerHello to its close_notify, however the bytes are chunked. Every message has
 * one place where it may stand; whatever else comes is refused.
 */
export class ServerStream {
  readonly #hellos: ClientHello[];
  readonly #secrets: SecretSource;
  readonly #splitter = new RecordSplitter();
  readonly #joiner = new MessageJoiner();
  readonly #data = new ByteCollector();
  #step: Step = "hello";
  #retry: ServerHello | null = null;
  #suite: CipherSuite | null = null;
  #transcript: Transcript | null = null;
  #secret: Uint8Array = new Uint8Array();
  #opener: RecordOpener | null = null;
  /** After a KeyUpdate the secret follows from one that has opened records. */
  #keyIsKnown = false;
  #alpn: ServerFlight["alpn"] = null;
  #certificates: X509Certificate[] = [];
  #requestContext: Uint8Array | null = null;
  #flight: ServerFlight | null = null;
  #closed = false;

  /** `hellos`: the client's one hello, and the second where there was one. */
  constructor(hellos: readonly ClientHello[], secrets: SecretSource) {
    this.#hellos = [...hellos];
    this.#secrets = secrets;
  }

  push(bytes: Uint8Array): void {
    for (const record of this.#splitter.push(bytes)) {
      // What follows the end of a stream is to be ignored (RFC 8446, 6.1).
      if (this.#step === "closed") return;
      this.#takeRecord(record);
    }
  }

  /** After a HelloRetryRequest. */
  addHello(hello: ClientHello): void {
    this.#hellos.push(hello);
  }

  /** The HelloRetryRequest, once it has come. */
  get retry(): ServerHello | null {
    return this.#retry;
  }

  /** Null until the server's Finished has come and has been checked. */
  get flight(): ServerFlight | null {
    return this.#flight;
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
      const inHandshake = this.#step !== "data" && (this.#suite !== null || this.#retry !== null);
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
    else if (type === contentType.applicationData && this.#step === "data") {
      this.#data.add(content);
    } else throw new TlsEvidenceRefused(this.#suite === null ? "not_tls" : "record_invalid");
  }

  #takeFragment(fragment: Uint8Array): void {
    if (fragment.length === 0) throw new TlsEvidenceRefused("record_invalid");
    const messages = this.#joiner.push(fragment);
    for (const [index, message] of messages.entries()) {
      const secret = this.#secret;
      this.#takeMessage(message);
      // A key is changed between two records, never inside one.
      if (secret !== this.#secret && (index < messages.length - 1 || this.#joiner.inside))
        throw new TlsEvidenceRefused("handshake_invalid", "A message goes on over a change of keys.");
    }
  }

  #takeAlert(content: Uint8Array): void {
    const [, description] = content;
    if (content.length !== 2) throw new TlsEvidenceRefused("record_invalid");
    if (description === userCanceled) return;
    if (this.#step !== "data") throw new TlsEvidenceRefused("handshake_failed");
    this.#closed = description === closeNotify;
    this.#step = "closed";
  }

  #takeMessage(message: HandshakeMessage): void {
    switch (this.#step) {
      case "hello":
        return this.#takeHello(message);
      case "extensions":
        return this.#takeEncryptedExtensions(message);
      case "certificate":
        return this.#takeCertificate(message);
      case "verify":
        return this.#takeVerify(message);
      case "finished":
        return this.#takeFinished(message);
      case "data":
        return this.#takeLater(message);
      case "closed":
        return;
    }
  }

  #takeHello(message: HandshakeMessage): void {
    expectType(message, messageType.serverHello);
    const client = this.#hellos[this.#retry === null ? 0 : 1];
    if (client === undefined) throw new TlsEvidenceRefused("handshake_invalid", "No ClientHello asked for this.");
    const hello = parseServerHello(message, client);
    if (hello.isRetry) return this.#takeRetry(hello, client);
    if (this.#retry !== null && this.#retry.suite !== hello.suite) throw new TlsEvidenceRefused("cipher_suite");
    if (this.#retry === null && this.#hellos.length > 1)
      throw new TlsEvidenceRefused("handshake_invalid", "The client said hello twice unasked.");
    this.#transcript ??= new Transcript(hello.suite);
    this.#transcript.add(client.raw);
    this.#transcript.add(hello.raw);
    this.#suite = hello.suite;
    this.#useSecret(hello.suite, this.#secrets.handshake(hello, this.#transcript.digest()));
    this.#step = "extensions";
  }

  #takeRetry(retry: ServerHello, client: ClientHello): void {
    if (this.#retry !== null) throw new TlsEvidenceRefused("handshake_invalid", "A second HelloRetryRequest.");
    this.#transcript = Transcript.afterRetry(retry.suite, client.raw, retry.raw);
    this.#retry = retry;
  }

  #takeEncryptedExtensions(message: HandshakeMessage): void {
    expectType(message, messageType.encryptedExtensions);
    const reader = new ByteReader(message.body, "handshake_invalid", "EncryptedExtensions");
    const extensions = readExtensions(reader);
    reader.end();
    if (extensions.has(extensionType.earlyData)) throw new TlsEvidenceRefused("early_data");
    this.#alpn = chosenProtocol(extensions, this.#hellos);
    this.#inHandshake().transcript.add(message.raw);
    this.#step = "certificate";
  }

  #takeCertificate(message: HandshakeMessage): void {
    if (message.type === messageType.certificateRequest && this.#requestContext === null) {
      const reader = new ByteReader(message.body, "handshake_invalid", "CertificateRequest");
      this.#requestContext = reader.vector(1);
      readExtensions(reader);
      reader.end();
    } else {
      if (message.type !== messageType.compressedCertificate) expectType(message, messageType.certificate);
      const compressed = message.type === messageType.compressedCertificate;
      const body = compressed ? decompressCertificate(message.body) : message.body;
      this.#certificates = parseCertificates(body).map(toCertificate);
      this.#step = "verify";
    }
    this.#inHandshake().transcript.add(message.raw);
  }

  #takeVerify(message: HandshakeMessage): void {
    expectType(message, messageType.certificateVerify);
    const { transcript } = this.#inHandshake();
    const [leaf] = this.#certificates;
    if (leaf === undefined) throw new TlsEvidenceRefused("certificate_invalid");
    checkCertificateVerify(message.body, publicKeyOf(leaf), transcript.digest());
    transcript.add(message.raw);
    this.#step = "finished";
  }

  #takeFinished(message: HandshakeMessage): void {
    expectType(message, messageType.finished);
    const { suite, transcript } = this.#inHandshake();
    const expected = finishedData(suite, this.#secret, transcript.digest());
    if (message.body.length !== expected.length || !timingSafeEqual(message.body, expected))
      throw new TlsEvidenceRefused("finished");
    transcript.add(message.raw);
    this.#flight = {
      suite,
      alpn: this.#alpn,
      certificates: this.#certificates,
      requestContext: this.#requestContext,
      transcript,
    };
    this.#useSecret(suite, this.#secrets.application(suite, transcript.digest()));
    this.#step = "data";
  }

  #takeLater(message: HandshakeMessage): void {
    if (message.type === messageType.newSessionTicket) return;
    expectType(message, messageType.keyUpdate);
    const { suite } = this.#inHandshake();
    if (message.body.length !== 1 || (message.body[0] ?? 2) > 1)
      throw new TlsEvidenceRefused("handshake_invalid", "KeyUpdate");
    this.#useSecret(suite, nextTrafficSecret(suite, this.#secret));
    this.#keyIsKnown = true;
  }

  #useSecret(suite: CipherSuite, secret: Uint8Array): void {
    if (secret.length !== suite.hashLength) throw new TlsEvidenceRefused("wrong_secrets");
    this.#secret = secret;
    this.#opener = new RecordOpener(suite, trafficKey(suite, secret));
  }

  #inHandshake(): { suite: CipherSuite; transcript: Transcript } {
    if (this.#suite === null || this.#transcript === null) throw new TlsEvidenceRefused("handshake_invalid");
    return { suite: this.#suite, transcript: this.#transcript };
  }
}

function expectType({ type }: HandshakeMessage, expected: number): void {
  if (type !== expected)
    throw new TlsEvidenceRefused("handshake_invalid", `Message ${type} stands where ${expected} belongs.`);
}

function chosenProtocol(extensions: Extensions, hellos: readonly ClientHello[]): ServerFlight["alpn"] {
  const extension = extensions.get(extensionType.alpn);
  if (extension === undefined) return null;
  const [protocol, ...others] = readProtocols(extension);
  const offered = hellos.every(({ protocols }) => protocols.includes(protocol ?? ""));
  if (others.length > 0 || !offered || (protocol !== "http/1.1" && protocol !== "h2"))
    throw new TlsEvidenceRefused("alpn");
  return protocol;
}

function toCertificate(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new TlsEvidenceRefused("certificate_invalid");
  }
}

import { timingSafeEqual, X509Certificate } from "node:crypto";
import { ByteReader } from "../byte-reader.ts";
import { publicKeyOf } from "../certificate/public-key.ts";
import type { CipherSuite } from "../record/cipher-suite.ts";
import { finishedData } from "../record/key-schedule.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import { decompressCertificate, parseCertificates } from "./certificate-message.ts";
import { checkCertificateVerify } from "./certificate-verify.ts";
import { readProtocols, type ClientHello } from "./client-hello.ts";
import { extensionType, readExtensions, type Extensions } from "./extensions.ts";
import { messageType, type HandshakeMessage } from "./handshake-message.ts";
import { parseServerHello, type ServerHello } from "./server-hello.ts";
import { Transcript } from "./transcript.ts";

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

type Step = "hello" | "extensions" | "certificate" | "verify" | "finished" | "done";

/** The server's messages from its hello to its Finished. Each has one place where it may stand; whatever else comes is refused. */
export class ServerHandshake {
  readonly #hellos: ClientHello[];
  readonly #secrets: SecretSource;
  #step: Step = "hello";
  #retry: ServerHello | null = null;
  #suite: CipherSuite | null = null;
  #transcript: Transcript | null = null;
  #secret: Uint8Array = new Uint8Array();
  #next: Uint8Array | null = null;
  #alpn: ServerFlight["alpn"] = null;
  #certificates: X509Certificate[] = [];
  #requestContext: Uint8Array | null = null;
  #flight: ServerFlight | null = null;

  /** `hellos`: the client's one hello, and the second where there was one. */
  constructor(hellos: readonly ClientHello[], secrets: SecretSource) {
    this.#hellos = [...hellos];
    this.#secrets = secrets;
  }

  /** After a HelloRetryRequest. */
  addHello(hello: ClientHello): void {
    this.#hellos.push(hello);
  }

  /** The HelloRetryRequest, once it has come. */
  get retry(): ServerHello | null {
    return this.#retry;
  }

  /** Null until the server has chosen one. */
  get suite(): CipherSuite | null {
    return this.#suite;
  }

  /** Null until the server's Finished has come and has been checked. */
  get flight(): ServerFlight | null {
    return this.#flight;
  }

  /** Gives the secret that opens what comes after this message, where that is another than before. */
  take(message: HandshakeMessage): Uint8Array | null {
    this.#next = null;
    this.#takeMessage(message);
    return this.#next;
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
      case "done":
        throw new TlsEvidenceRefused("handshake_invalid", "The handshake is over.");
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
    this.#step = "done";
  }

  #useSecret(suite: CipherSuite, secret: Uint8Array): void {
    if (secret.length !== suite.hashLength) throw new TlsEvidenceRefused("wrong_secrets");
    this.#secret = secret;
    this.#next = secret;
  }

  #inHandshake(): { suite: CipherSuite; transcript: Transcript } {
    if (this.#suite === null || this.#transcript === null) throw new TlsEvidenceRefused("handshake_invalid");
    return { suite: this.#suite, transcript: this.#transcript };
  }
}

export function expectType({ type }: HandshakeMessage, expected: number): void {
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

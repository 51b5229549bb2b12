import { createHash } from "node:crypto";
import { ByteReader, equalBytes } from "../byte-reader.ts";
import { cipherSuites, type CipherSuite } from "../record/cipher-suite.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import type { ClientHello } from "./client-hello.ts";
import { extensionType, readExtensions, type Extensions } from "./extensions.ts";
import type { HandshakeMessage } from "./handshake-message.ts";

export interface ServerHello {
  raw: Uint8Array;
  suite: CipherSuite;
  /** A HelloRetryRequest: a ServerHello with a random of its own, after which the client says hello again. */
  isRetry: boolean;
  extensions: Extensions;
}

const retryRandom = createHash("sha256").update("HelloRetryRequest").digest();
const tls12 = 0x0303;
const tls13 = 0x0304;

/** Refuses what does not lead to a full handshake of TLS 1.3 as that client offered it. */
export function parseServerHello({ body, raw }: HandshakeMessage, hello: ClientHello): ServerHello {
  const reader = new ByteReader(body, "handshake_invalid", "ServerHello");
  const version = reader.number(2);
  const random = reader.take(32);
  const sessionId = reader.vector(1);
  const suiteId = reader.number(2);
  const compression = reader.number(1);
  // A ServerHello of TLS 1.2 may end here.
  const extensions: Extensions = reader.left === 0 ? new Map() : readExtensions(reader);
  reader.end();
  const chosen = extensions.get(extensionType.supportedVersions);
  if (version !== tls12 || chosen === undefined || chosen.length !== 2) throw new TlsEvidenceRefused("tls_version");
  if (new ByteReader(chosen, "tls_version", "supported_versions").number(2) !== tls13)
    throw new TlsEvidenceRefused("tls_version");
  if (extensions.has(extensionType.preSharedKey)) throw new TlsEvidenceRefused("resumed");
  if (compression !== 0 || !equalBytes(sessionId, hello.sessionId))
    throw new TlsEvidenceRefused("handshake_invalid", "ServerHello: It does not answer this ClientHello.");
  const suite = cipherSuites.find(({ id }) => id === suiteId);
  if (suite === undefined || !hello.cipherSuites.includes(suiteId)) throw new TlsEvidenceRefused("cipher_suite");
  return { raw, suite, isRetry: equalBytes(random, retryRandom), extensions };
}

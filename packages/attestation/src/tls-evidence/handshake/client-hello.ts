import { ByteReader } from "../byte-reader.ts";
import { extensionType, readExtensions } from "./extensions.ts";
import type { HandshakeMessage } from "./handshake-message.ts";

export interface ClientHello {
  raw: Uint8Array;
  random: Uint8Array;
  sessionId: Uint8Array;
  cipherSuites: readonly number[];
  /** Null where the client names none, as with an IP address. */
  serverName: string | null;
  protocols: readonly string[];
  offersEarlyData: boolean;
}

export function parseClientHello({ body, raw }: HandshakeMessage): ClientHello {
  const reader = new ByteReader(body, "handshake_invalid", "ClientHello");
  reader.number(2);
  const random = reader.take(32);
  const sessionId = reader.vector(1);
  const suites = reader.inner(2);
  const cipherSuites: number[] = [];
  while (suites.left > 0) cipherSuites.push(suites.number(2));
  reader.vector(1);
  const extensions = readExtensions(reader);
  reader.end();
  const name = extensions.get(extensionType.serverName);
  const protocols = extensions.get(extensionType.alpn);
  return {
    raw,
    random,
    sessionId,
    cipherSuites,
    serverName: name === undefined ? null : readServerName(name),
    protocols: protocols === undefined ? [] : readProtocols(protocols),
    offersEarlyData: extensions.has(extensionType.earlyData),
  };
}

function readServerName(extension: Uint8Array): string | null {
  const outer = new ByteReader(extension, "handshake_invalid", "server_name");
  const names = outer.inner(2);
  outer.end();
  if (names.number(1) !== 0) return null;
  const name = Buffer.from(names.vector(2)).toString("latin1");
  names.end();
  return name;
}

export function readProtocols(extension: Uint8Array): string[] {
  const outer = new ByteReader(extension, "handshake_invalid", "application_layer_protocol_negotiation");
  const list = outer.inner(2);
  outer.end();
  const protocols: string[] = [];
  while (list.left > 0) protocols.push(Buffer.from(list.vector(1)).toString("latin1"));
  return protocols;
}

import { isAddress } from "../client-stream.ts";
import { signatureSchemes } from "../handshake/certificate-verify.ts";
import { extensionType } from "../handshake/extensions.ts";
import { messageType, toMessage } from "../handshake/handshake-message.ts";
import { cipherSuites } from "../record/cipher-suite.ts";
import { group, type KeyExchange } from "./key-exchange.ts";

export interface HelloParts {
  serverName: string;
  random: Uint8Array;
  sessionId: Uint8Array;
  exchange: KeyExchange;
  /** From a HelloRetryRequest, as it came. */
  cookie: Uint8Array | null;
}

/** RSA with PKCS #1 v1.5, for the signatures in certificates only. */
const certificateSchemes = [0x0401, 0x0501, 0x0601];

/** No PSK modes are offered: then the server has no reason to hand out tickets. */
export function buildClientHello({ serverName, random, sessionId, exchange, cookie }: HelloParts): Uint8Array {
  const { share } = exchange;
  const extensions = [
    isAddress(serverName) ? null : extension(extensionType.serverName, vector(2, [0], vector(2, latin1(serverName)))),
    extension(extensionType.supportedGroups, vector(2, numbers([group.secp256r1, group.x25519, group.secp384r1]))),
    extension(extensionType.signatureAlgorithms, vector(2, numbers([...signatureSchemes, ...certificateSchemes]))),
    extension(extensionType.alpn, vector(2, vector(1, latin1("http/1.1")))),
    extension(extensionType.supportedVersions, vector(1, numbers([0x0304]))),
    cookie === null ? null : extension(extensionType.cookie, cookie),
    extension(extensionType.keyShare, vector(2, numbers([exchange.group]), vector(2, share))),
  ].filter((part) => part !== null);
  const body = Buffer.concat([
    numbers([0x0303]),
    random,
    vector(1, sessionId),
    vector(2, numbers(cipherSuites.map(({ id }) => id))),
    vector(1, [0]),
    vector(2, ...extensions),
  ]);
  return toMessage(messageType.clientHello, body);
}

type Part = Uint8Array | readonly number[];

function extension(type: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([numbers([type]), vector(2, content)]);
}

export function vector(lengthBytes: 1 | 2 | 3, ...parts: readonly Part[]): Uint8Array {
  const content = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([length, content]);
}

function numbers(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
}

const latin1 = (text: string) => Buffer.from(text, "latin1");

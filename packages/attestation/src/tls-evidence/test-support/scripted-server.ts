import { createECDH, createPrivateKey, sign, X509Certificate } from "node:crypto";
import { ByteReader } from "../byte-reader.ts";
import { extensionType, readExtensions } from "../handshake/extensions.ts";
import { messageType, toMessage } from "../handshake/handshake-message.ts";
import { Transcript } from "../handshake/transcript.ts";
import { cipherSuites } from "../record/cipher-suite.ts";
import {
  applicationSecrets,
  finishedData,
  handshakeSecrets,
  nextTrafficSecret,
  trafficKey,
} from "../record/key-schedule.ts";
import { RecordSealer } from "../record/record-cipher.ts";
import { contentType } from "../record/record-splitter.ts";
import type { RecordedConnection, ServerSecrets } from "../recorded-connection.ts";
import { createReplayClient } from "../replay/create-replay-client.ts";
import { vector } from "../replay/build-client-hello.ts";
import { serverName, type TestChain } from "./chains.ts";

export type FlightMessage = "encryptedExtensions" | "certificate" | "certificateVerify" | "finished";

export interface Script {
  alpn?: string;
  /** Further extensions of EncryptedExtensions. */
  extensions?: readonly Uint8Array[];
  /** Takes a message of the flight, whole, and gives what is sent in its place, and what enters the transcript. */
  edit?: (name: FlightMessage, message: Uint8Array) => Uint8Array;
  /** Records after the handshake; "rekey" sends a KeyUpdate and uses its key from there on. */
  after?: readonly (readonly [type: number, content: Uint8Array | string] | "rekey")[];
  /** All of the flight in records of this size. */
  recordSize?: number;
}

export const extension = (type: number, content: Uint8Array) =>
  Buffer.concat([Uint8Array.of(type >> 8, type & 255), vector(2, content)]);

/**
 * A TLS 1.3 server for one connection that does what a script says, also what no server does. It answers a hello of the
 * replay client, which sends nothing more.
 */
export function playServer(
  chain: TestChain,
  script: Script,
): { connection: RecordedConnection; secrets: ServerSecrets } {
  const [suite] = cipherSuites;
  if (suite === undefined) throw new Error("no suite");
  const random = (length: number) => Buffer.alloc(length, 7);
  const sent = createReplayClient({ serverName, roots: [], now: new Date(), random }).start();
  const hello = sent.subarray(5);
  const ecdh = createECDH("prime256v1");
  const share = ecdh.generateKeys();
  const shared = ecdh.computeSecret(clientShare(hello));

  const body = Buffer.concat([
    Uint8Array.of(3, 3),
    Buffer.alloc(32, 9),
    vector(1, Buffer.alloc(32, 7)),
    Uint8Array.of(suite.id >> 8, suite.id & 255, 0),
    vector(
      2,
      extension(extensionType.supportedVersions, Uint8Array.of(3, 4)),
      extension(extensionType.keyShare, Buffer.concat([Uint8Array.of(0, 0x17), vector(2, share)])),
    ),
  ]);
  const serverHello = toMessage(messageType.serverHello, body);
  const transcript = new Transcript(suite);
  transcript.add(hello);
  transcript.add(serverHello);
  const handshake = handshakeSecrets(suite, shared, transcript.digest());

  const flight: Uint8Array[] = [];
  const add = (name: FlightMessage, content: Uint8Array) => {
    const message = toMessage(messageType[name], content);
    const edited = script.edit?.(name, message) ?? message;
    transcript.add(edited);
    flight.push(edited);
  };
  const alpn = extension(extensionType.alpn, vector(2, vector(1, Buffer.from(script.alpn ?? "http/1.1"))));
  add("encryptedExtensions", vector(2, alpn, ...(script.extensions ?? [])));
  const entries = chain.cert
    .match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g)
    ?.map((pem) => Buffer.concat([vector(3, new X509Certificate(pem).raw), vector(2)]));
  add("certificate", Buffer.concat([vector(1), vector(3, ...(entries ?? []))]));
  const signed = Buffer.concat([
    Buffer.alloc(64, 0x20),
    Buffer.from("TLS 1.3, server CertificateVerify\0"),
    transcript.digest(),
  ]);
  const signature = sign("sha256", signed, createPrivateKey(chain.key));
  add("certificateVerify", Buffer.concat([Uint8Array.of(4, 3), vector(2, signature)]));
  add("finished", finishedData(suite, handshake.server, transcript.digest()));

  const application = applicationSecrets(suite, handshake.master, transcript.digest()).server;
  const received: Uint8Array[] = [
    Buffer.concat([Uint8Array.of(contentType.handshake, 3, 3), vector(2, serverHello)]),
    ...sealAll(new RecordSealer(suite, trafficKey(suite, handshake.server)), Buffer.concat(flight), script.recordSize),
  ];
  let secret = application;
  let sealer = new RecordSealer(suite, trafficKey(suite, secret));
  for (const record of script.after ?? []) {
    if (record === "rekey") {
      received.push(sealer.seal(contentType.handshake, toMessage(messageType.keyUpdate, Uint8Array.of(0))));
      secret = nextTrafficSecret(suite, secret);
      sealer = new RecordSealer(suite, trafficKey(suite, secret));
    } else received.push(sealer.seal(record[0], Buffer.from(record[1] as string)));
  }
  return {
    connection: { serverName, sent, received: Buffer.concat(received) },
    secrets: { handshake: handshake.server, application },
  };
}

function sealAll(sealer: RecordSealer, bytes: Uint8Array, size = 2 ** 14): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += size)
    records.push(sealer.seal(contentType.handshake, bytes.subarray(offset, offset + size)));
  return records;
}

function clientShare(hello: Uint8Array): Uint8Array {
  const reader = new ByteReader(hello.subarray(4 + 2 + 32), "handshake_invalid", "hello");
  reader.vector(1);
  reader.vector(2);
  reader.vector(1);
  return (readExtensions(reader).get(extensionType.keyShare) ?? new Uint8Array()).subarray(-65);
}

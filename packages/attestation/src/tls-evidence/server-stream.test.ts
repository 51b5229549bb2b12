import { brotliCompressSync, deflateSync, zstdCompressSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { openConnection } from "./index.ts";
import { extensionType } from "./handshake/extensions.ts";
import { messageType, toMessage } from "./handshake/handshake-message.ts";
import { contentType } from "./record/record-splitter.ts";
import { vector } from "./replay/build-client-hello.ts";
import { createChain, type TestChain } from "./test-support/chains.ts";
import { refusalOf } from "./test-support/refusal-of.ts";
import { extension, playServer, type FlightMessage, type Script } from "./test-support/scripted-server.ts";

let chain: TestChain;
beforeAll(async () => {
  chain = await createChain("P-256");
});

function open(script: Script) {
  const { connection, secrets } = playServer(chain, script);
  return openConnection(connection, secrets, { roots: [chain.root.pem], now: new Date() });
}
const text = (script: Script) => Buffer.from(open(script).plaintext).toString();

const { applicationData, alert, handshake } = contentType;
const data = [applicationData, "one"] as const;
const closeNotify = [alert, Uint8Array.of(1, 0)] as const;
const editing = (wanted: FlightMessage, edit: (message: Uint8Array) => Uint8Array): Script => ({
  edit: (name, message) => (name === wanted ? edit(message) : message),
});
const flipLast = (message: Uint8Array) =>
  Uint8Array.from(message, (byte, index) => (index === message.length - 1 ? byte ^ 1 : byte));
const bodyOf = (message: Uint8Array) => message.subarray(4);

describe("what a server may do", () => {
  it("change its keys, as often as it likes, and send tickets in between", () => {
    const ticket = [handshake, toMessage(messageType.newSessionTicket, Buffer.alloc(200))] as const;
    const script: Script = {
      after: [ticket, data, "rekey", [applicationData, ""], data, "rekey", "rekey", ticket, data, closeNotify],
    };
    expect(text(script)).toBe("oneoneone");
    expect(open(script).closed).toBe(true);
  });

  it("cut its messages into small records", () => {
    expect(text({ recordSize: 7, after: [data] })).toBe("one");
  });

  it("end with an error, after which nothing counts", () => {
    const opened = open({ after: [data, [alert, Uint8Array.of(2, 80)], data] });
    expect(opened).toMatchObject({ closed: false, plaintext: { length: 3 } });
    expect(open({ after: [data, [alert, Uint8Array.of(1, 90)], closeNotify, data] })).toMatchObject({
      closed: true,
      plaintext: { length: 3 },
    });
  });

  it.each([
    [1, deflateSync],
    [2, brotliCompressSync],
    [3, zstdCompressSync],
  ] as const)("compress its certificates by algorithm %i", (id, compress) => {
    const script = editing("certificate", (message) => {
      const body = bodyOf(message);
      const length = Uint8Array.of(0, body.length >> 8, body.length & 255);
      const compressed = Buffer.concat([Uint8Array.of(0, id), length, vector(3, compress(body))]);
      return toMessage(messageType.compressedCertificate, compressed);
    });
    expect(text({ ...script, after: [data] })).toBe("one");
  });
});

describe("what a server may not do is refused", () => {
  const compressed = (id: number, length: number, content: Uint8Array) =>
    editing("certificate", () =>
      toMessage(
        messageType.compressedCertificate,
        Buffer.concat([Uint8Array.of(0, id, length >> 16, (length >> 8) & 255, length & 255), vector(3, content)]),
      ),
    );
  const after = (...records: NonNullable<Script["after"]>): Script => ({ after: records });
  const keyUpdate = toMessage(messageType.keyUpdate, Uint8Array.of(0));

  it.each<[string, Script, string]>([
    ["a signature that does not fit", editing("certificateVerify", flipLast), "certificate_verify"],
    [
      "a scheme that does not fit the key",
      editing("certificateVerify", (message) =>
        Uint8Array.from(message, (byte, index) => (index === 4 ? 8 : index === 5 ? 4 : byte)),
      ),
      "certificate_verify",
    ],
    ["a Finished that does not fit", editing("finished", flipLast), "finished"],
    [
      "a Finished that is too short",
      editing("finished", () => toMessage(messageType.finished, Buffer.alloc(31))),
      "finished",
    ],
    [
      "no certificate",
      editing("certificate", () => toMessage(messageType.certificate, Buffer.from("00000000", "hex"))),
      "handshake_invalid",
    ],
    [
      "a certificate that is none",
      editing("certificate", () =>
        toMessage(messageType.certificate, Buffer.from("000000060000010000 00".replace(" ", ""), "hex")),
      ),
      "certificate_invalid",
    ],
    ["no EncryptedExtensions", editing("encryptedExtensions", () => new Uint8Array()), "handshake_invalid"],
    ["no Certificate", editing("certificate", () => new Uint8Array()), "handshake_invalid"],
    ["no CertificateVerify", editing("certificateVerify", () => new Uint8Array()), "handshake_invalid"],
    ["accepted early data", { extensions: [extension(extensionType.earlyData, new Uint8Array())] }, "early_data"],
    ["a protocol that was not offered", { alpn: "h2" }, "alpn"],
    ["a protocol that is not HTTP", { alpn: "imap" }, "alpn"],
    ["an unknown compression", compressed(9, 100, Buffer.alloc(10)), "certificate_compression"],
    ["a compression that is none", compressed(2, 100, Buffer.alloc(10, 1)), "certificate_compression"],
    [
      "a compressed length that is not true",
      compressed(1, 99, deflateSync(Buffer.alloc(98))),
      "certificate_compression",
    ],
    ["a bomb", compressed(1, 1000, deflateSync(Buffer.alloc(2 ** 20))), "certificate_compression"],
    ["a large bomb", compressed(1, 2 ** 20, deflateSync(Buffer.alloc(2 ** 20))), "certificate_compression"],
    ["a message that is too long", after([handshake, Buffer.from("04ffffff00", "hex")]), "handshake_invalid"],
    ["a message interrupted by data", after([handshake, Buffer.from("0400ff00", "hex")], data), "handshake_invalid"],
    ["a key change inside a record", after([handshake, Buffer.concat([keyUpdate, keyUpdate])]), "handshake_invalid"],
    ["a key change that says nothing", after([handshake, Buffer.from("1800000102", "hex")]), "handshake_invalid"],
    [
      "a request for a certificate afterwards",
      after([handshake, toMessage(messageType.certificateRequest, Buffer.alloc(3))]),
      "handshake_invalid",
    ],
    [
      "a Finished afterwards",
      after([handshake, toMessage(messageType.finished, Buffer.alloc(32))]),
      "handshake_invalid",
    ],
    ["an empty handshake record", after([handshake, ""]), "record_invalid"],
    ["a change of cipher inside", after([contentType.changeCipherSpec, Uint8Array.of(1)]), "record_invalid"],
    ["half an alert", after([alert, Uint8Array.of(1)]), "record_invalid"],
    ["a record of an unknown type", after([99, "x"]), "record_invalid"],
  ])("%s", (_what, script, code) => {
    expect(refusalOf(() => open(script))).toBe(code);
  });

  it("in the clear: a change of cipher spec where none belongs", () => {
    const { connection, secrets } = playServer(chain, after(data));
    const received = Buffer.concat([connection.received, Buffer.from("140303000101", "hex")]);
    const roots = [chain.root.pem];
    expect(refusalOf(() => openConnection({ ...connection, received }, secrets, { roots, now: new Date() }))).toBe(
      "record_invalid",
    );
  });
});

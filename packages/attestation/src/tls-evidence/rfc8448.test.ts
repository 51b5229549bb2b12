import { createECDH, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readClientStream } from "./client-stream.ts";
import { HandshakeWatcher } from "./handshake-watcher.ts";
import { extensionType } from "./handshake/extensions.ts";
import { cipherSuites } from "./record/cipher-suite.ts";
import {
  applicationSecrets,
  finishedData,
  handshakeSecrets,
  nextTrafficSecret,
  trafficKey,
} from "./record/key-schedule.ts";
import { RecordOpener } from "./record/record-cipher.ts";
import { RecordSplitter } from "./record/record-splitter.ts";
import { ServerStream } from "./server-stream.ts";
import type { SecretSource } from "./handshake/server-handshake.ts";
import { retryTrace, simpleTrace } from "./test-support/rfc8448.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const [suite] = cipherSuites;
if (suite === undefined) throw new Error("no suite");

/** Secrets as the client of the trace derives them, and what it found on the way. */
function derivingSource(agree: (share: Uint8Array) => Uint8Array) {
  const found: Record<string, string> = {};
  let secrets: ReturnType<typeof handshakeSecrets>;
  const source: SecretSource = {
    handshake(hello, helloHash) {
      const share = hello.extensions.get(extensionType.keyShare) ?? new Uint8Array();
      secrets = handshakeSecrets(hello.suite, agree(share.subarray(4)), helloHash);
      Object.assign(found, { client: hex(secrets.client), server: hex(secrets.server), master: hex(secrets.master) });
      return secrets.server;
    },
    application(chosen, finishedHash) {
      const later = applicationSecrets(chosen, secrets.master, finishedHash);
      Object.assign(found, { clientData: hex(later.client), serverData: hex(later.server) });
      return later.server;
    },
  };
  return { source, found, clientSecret: () => secrets.client };
}

function agreeX25519(share: Uint8Array): Uint8Array {
  const prefix = Buffer.from("302e020100300506032b656e04220420", "hex");
  const privateKey = createPrivateKey({
    key: Buffer.concat([prefix, simpleTrace.clientPrivateKey]),
    format: "der",
    type: "pkcs8",
  });
  const spki = Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), share]);
  return diffieHellman({ privateKey, publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }) });
}

function agreeP256(share: Uint8Array): Uint8Array {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(retryTrace.clientPrivateKey);
  return ecdh.computeSecret(share);
}

function openClientFinished(record: Uint8Array, secret: Uint8Array): string {
  const [first] = new RecordSplitter().push(record);
  if (first === undefined) throw new Error("no record");
  const inner = new RecordOpener(
    suite as NonNullable<typeof suite>,
    trafficKey(suite as NonNullable<typeof suite>, secret),
  ).tryOpen(first);
  return inner === null ? "" : hex(inner.content.subarray(4));
}

describe("RFC 8448", () => {
  it("section 3: key schedule, records, certificate, Finished, ticket, data and close_notify", () => {
    const sent = Buffer.concat([simpleTrace.clientHello, simpleTrace.clientFinished]);
    const { hellos, encrypted } = readClientStream(sent, "server");
    expect(encrypted).toHaveLength(1);
    const { source, found, clientSecret } = derivingSource(agreeX25519);
    const stream = new ServerStream(hellos, source);
    const { serverHello, serverFlight, ticket, serverData, serverAlert } = simpleTrace;
    stream.push(Buffer.concat([serverHello, serverFlight, ticket, serverData]));
    expect(stream.flight).toMatchObject({
      alpn: null,
      requestContext: null,
      suite: { name: "TLS_AES_128_GCM_SHA256" },
    });
    expect(stream.flight?.certificates.map(({ subject }) => subject)).toEqual(["CN=rsa"]);
    expect(stream.data).toEqual(Uint8Array.from({ length: 50 }, (_, index) => index));
    expect(stream.closed).toBe(false);
    stream.push(serverAlert);
    expect(stream.closed).toBe(true);
    expect(found).toEqual({
      client: "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
      server: "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
      master: "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919",
      clientData: "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
      serverData: "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
    });
    const transcriptHash = stream.flight?.transcript.digest() ?? new Uint8Array();
    const expected = hex(finishedData(suite, clientSecret(), transcriptHash));
    expect(openClientFinished(simpleTrace.clientFinished, clientSecret())).toBe(expected);
  });

  it("section 3: keys of the handshake and of application data", () => {
    const handshake = trafficKey(
      suite,
      Buffer.from("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "hex"),
    );
    expect([hex(handshake.key), hex(handshake.iv)]).toEqual([
      "3fce516009c21727d0f2e4e86ee403bc",
      "5d313eb2671276ee13000b30",
    ]);
    const secret = Buffer.from("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", "hex");
    const data = trafficKey(suite, secret);
    expect([hex(data.key), hex(data.iv)]).toEqual(["9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984"]);
    expect(nextTrafficSecret(suite, secret)).not.toEqual(secret);
  });

  it("section 5: a HelloRetryRequest, with the hash of the first hello in its place", () => {
    const sent = Buffer.concat([retryTrace.clientHello, retryTrace.secondHello, retryTrace.clientFinished]);
    const { hellos } = readClientStream(sent, "server");
    const { source, clientSecret } = derivingSource(agreeP256);
    const stream = new ServerStream(hellos, source);
    stream.push(Buffer.concat([retryTrace.helloRetryRequest, retryTrace.serverHello, retryTrace.serverFlight]));
    expect(stream.retry).not.toBeNull();
    const transcriptHash = stream.flight?.transcript.digest() ?? new Uint8Array();
    const expected = hex(finishedData(suite, clientSecret(), transcriptHash));
    expect(openClientFinished(retryTrace.clientFinished, clientSecret())).toBe(expected);
  });

  it("a watcher lets the hellos pass, and nothing that is encrypted", () => {
    const watcher = new HandshakeWatcher();
    watcher.fromClient(retryTrace.clientHello);
    expect(watcher.clearClientBytes).toBe(retryTrace.clientHello.length);
    watcher.fromServer(retryTrace.helloRetryRequest);
    expect(watcher.state).toBe("hello");
    watcher.fromClient(retryTrace.secondHello);
    watcher.fromServer(retryTrace.serverHello);
    expect(watcher.state).toBe("handshake");
    watcher.fromServer(retryTrace.serverFlight);
    watcher.fromClient(retryTrace.clientFinished);
    expect(watcher.state).toBe("protected");
    expect(watcher.clearClientBytes).toBe(retryTrace.clientHello.length + retryTrace.secondHello.length);
    expect(hex(watcher.clientRandom ?? new Uint8Array())).toMatch(/^b0b1c5a5/);
    expect(watcher.reason).toBeNull();
  });
});

import { createSecureContext } from "node:tls";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readClientStream } from "./client-stream.ts";
import { HandshakeWatcher } from "./handshake-watcher.ts";
import { ServerStream } from "./server-stream.ts";
import { createChain, serverName, type TestChain } from "./test-support/chains.ts";
import { recordAnswer, type Recorded } from "./test-support/record.ts";

let chain: TestChain;
let recorded: Recorded;

beforeAll(async () => {
  chain = await createChain("P-256");
  recorded = await recordAnswer(chain, `HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n${"x".repeat(20_000)}`);
});

/** Pieces of random lengths, most of them short. */
const lengths = fc.infiniteStream(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3000 })));

function* chunks(bytes: Uint8Array, sizes: Iterator<number>): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length;) {
    const size = Number(sizes.next().value);
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

describe("any chunking gives the same", () => {
  it("to a watcher", () => {
    const { sent, received } = recorded.connection;
    const clear = readClientStream(sent, serverName).hellos[0].raw.length + 5;
    fc.assert(
      fc.property(lengths, (sizes) => {
        const watcher = new HandshakeWatcher();
        for (const piece of chunks(sent.subarray(0, clear), sizes)) watcher.fromClient(piece);
        expect(watcher.clearClientBytes).toBe(clear);
        expect(watcher.state).toBe("hello");
        for (const piece of chunks(received, sizes)) watcher.fromServer(piece);
        expect(watcher.state).toBe("handshake");
        for (const piece of chunks(sent.subarray(clear), sizes)) watcher.fromClient(piece);
        expect(watcher.state).toBe("protected");
        // Node's client changes the cipher spec in a record of six bytes.
        expect(watcher.clearClientBytes).toBe(clear + 6);
        expect(watcher.reason).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it("to the server's stream", () => {
    const { secrets, connection } = recorded;
    const { hellos } = readClientStream(connection.sent, serverName);
    const source = { handshake: () => secrets.handshake, application: () => secrets.application };
    const whole = new ServerStream(hellos, source);
    whole.push(connection.received);
    fc.assert(
      fc.property(lengths, (sizes) => {
        const stream = new ServerStream(hellos, source);
        for (const piece of chunks(connection.received, sizes)) stream.push(piece);
        expect(stream.data).toEqual(whole.data);
        expect(stream.closed).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe("unusable", () => {
  const watch = (sent: Uint8Array, received: Uint8Array) => {
    const watcher = new HandshakeWatcher();
    watcher.fromClient(sent);
    watcher.fromServer(received);
    return watcher;
  };

  it("what is no TLS, TLS 1.2, a resumed connection, a server's alert", async () => {
    const { sent, received } = recorded.connection;
    expect(watch(Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.from("")).reason).toBe("not_tls");
    expect(watch(Buffer.from(""), received).reason).toBe("not_tls");
    const hello = sent.subarray(0, readClientStream(sent, serverName).hellos[0].raw.length + 5);
    expect(watch(hello, Buffer.from("HTTP/1.1 400 Bad\r\n")).reason).toBe("not_tls");
    expect(watch(hello, Buffer.from("15030300020228", "hex")).reason).toBe("handshake_failed");

    const secureContext = createSecureContext({ cert: chain.cert, key: chain.key, maxVersion: "TLSv1.2" });
    const old = await recordAnswer(chain, "", { server: { secureContext }, version: "1.2" });
    const oldHello = old.connection.sent.subarray(0, old.connection.sent.readUInt16BE(3) + 5);
    expect(watch(oldHello, old.connection.received).reason).toBe("tls_version");
  });

  it("what is encrypted before the server has chosen, and a second hello unasked", () => {
    const { sent } = recorded.connection;
    const hello = sent.subarray(0, readClientStream(sent, serverName).hellos[0].raw.length + 5);
    const early = Buffer.concat([hello, Buffer.from("1703030001ff", "hex")]);
    expect(watch(early, Buffer.from("")).reason).toBe("early_data");
    const twice = watch(Buffer.concat([hello, hello]), Buffer.from(""));
    expect(twice.reason).toBe("handshake_invalid");
    expect(twice.clearClientBytes).toBe(hello.length);
    expect(twice.state).toBe("unusable");
  });

  it("anything at all: it never throws", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, bytes, fc.nat(600), (one, other, at) => {
        const { sent, received } = recorded.connection;
        const watcher = watch(
          Buffer.concat([sent.subarray(0, at), one]),
          Buffer.concat([received.subarray(0, at), other]),
        );
        expect(watcher.state === "unusable").toBe(watcher.reason !== null);
      }),
      { numRuns: 500 },
    );
  });
});

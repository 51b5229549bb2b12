import { createHash } from "node:crypto";
import { createSecureContext } from "node:tls";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  hashSecrets,
  openConnection,
  readResponses,
  TlsEvidenceRefused,
  tlsRefusals,
  type OpenedConnection,
  type RecordedConnection,
} from "./index.ts";
import { RecordSplitter, type TlsRecord } from "./record/record-splitter.ts";
import { createChain, serverName, type TestChain } from "./test-support/chains.ts";
import { recordAnswer, type Recorded } from "./test-support/record.ts";
import { refusalOf } from "./test-support/refusal-of.ts";

const now = new Date();
const body = JSON.stringify({ balance: 1, name: "x".repeat(40_000) });
const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
let chain: TestChain;
let recorded: Recorded;
let roots: string[];

beforeAll(async () => {
  chain = await createChain("P-256");
  roots = [chain.root.pem];
  recorded = await recordAnswer(chain, answer);
});

const open = (connection: RecordedConnection, secrets = recorded.secrets) =>
  openConnection(connection, secrets, { roots, now });
const wholeRecords = (bytes: Uint8Array) => new RecordSplitter().push(bytes);
const join = (records: readonly TlsRecord[]) =>
  Buffer.concat(records.flatMap(({ header, fragment }) => [header, fragment]));
/** What evidence says; the hashes of the ciphertext are of whatever was recorded. */
const asserted = (opened: OpenedConnection) => ({ ...opened, transcript: null });

describe("a real connection", () => {
  it.each(["P-256", "P-384", "RSA", "RSA-PSS"] as const)("with a chain of %s", async (algorithm) => {
    const own = await createChain(algorithm);
    const { connection, secrets } = await recordAnswer(own, answer);
    const opened = openConnection(connection, secrets, { roots: [own.root.pem], now });
    expect(Buffer.from(opened.plaintext).toString()).toBe(answer);
    expect(opened).toMatchObject({ version: "1.3", alpn: "http/1.1", closed: true });
    expect(opened.certificate.chainSha256).toHaveLength(3);
    expect(opened.certificate.notAfter.getTime()).toBeGreaterThan(now.getTime());
    expect(readResponses(opened)).toMatchObject([{ status: 200, complete: true, unread: null }]);
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    expect(opened.transcript).toEqual({
      sentSha256: sha256(connection.sent),
      receivedSha256: sha256(connection.received),
    });
  });

  it.each(["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])(
    "with %s",
    async (ciphers) => {
      const secureContext = createSecureContext({ cert: chain.cert, key: chain.key, ciphers });
      const { connection, secrets } = await recordAnswer(chain, answer, { server: { secureContext } });
      const opened = open(connection, secrets);
      expect(opened.cipher).toBe(ciphers);
      expect(Buffer.from(opened.plaintext).toString()).toBe(answer);
    },
  );

  it("that asks for a certificate of the client", async () => {
    const { connection, secrets } = await recordAnswer(chain, answer, {
      server: { requestCert: true, rejectUnauthorized: false },
    });
    expect(open(connection, secrets).plaintext).toHaveLength(answer.length);
  });

  it("that was cut off says so, and never shows more than was sent", () => {
    for (const cut of [1, 200, 20_000]) {
      const received = recorded.connection.received.subarray(0, -cut);
      const opened = open({ ...recorded.connection, received });
      expect(opened.closed).toBe(false);
      expect(answer.startsWith(Buffer.from(opened.plaintext).toString())).toBe(true);
    }
  });
});

describe("refused with its own code", () => {
  it("every code has a sentence", () => {
    for (const [code, sentence] of Object.entries(tlsRefusals)) {
      expect(code).toMatch(/^[a-z0-9_]+$/);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
    expect(new TlsEvidenceRefused("resumed", "More.").message).toBe(`${tlsRefusals.resumed} More.`);
  });

  it("a resumed connection", async () => {
    const secureContext = createSecureContext({ cert: chain.cert, key: chain.key });
    let session: Buffer | undefined;
    const options = { server: { secureContext } };
    await recordAnswer(chain, answer, {
      ...options,
      onSession: (one) => (session = one),
    });
    expect(session).toBeDefined();
    const { connection, secrets } = await recordAnswer(chain, answer, {
      ...options,
      client: { servername: serverName, ca: chain.root.pem, ...(session === undefined ? {} : { session }) },
    });
    expect(refusalOf(() => open(connection, secrets))).toBe("resumed");
  });

  it("TLS 1.2", async () => {
    const tls12 = { maxVersion: "TLSv1.2" } as const;
    const secureContext = createSecureContext({ cert: chain.cert, key: chain.key, ...tls12 });
    const { connection } = await recordAnswer(chain, answer, { server: { secureContext }, version: "1.2" });
    expect(refusalOf(() => open(connection))).toBe("tls_version");
  });

  it("secrets of another connection, of the wrong length, or in each other's place", async () => {
    const other = await recordAnswer(chain, answer);
    const { handshake, application } = recorded.secrets;
    for (const secrets of [
      other.secrets,
      { handshake, application: other.secrets.application },
      { handshake: other.secrets.handshake, application },
      { handshake: application, application: handshake },
      { handshake, application: handshake },
      { handshake: handshake.subarray(1), application },
      { handshake, application: Buffer.alloc(48) },
    ])
      expect(refusalOf(() => open(recorded.connection, secrets))).toBe("wrong_secrets");
    expect(hashSecrets(recorded.secrets)).toHaveLength(32);
    expect(hashSecrets(recorded.secrets)).not.toEqual(hashSecrets({ handshake: application, application: handshake }));
  });

  it("records left out, repeated, moved, or put in from another connection", async () => {
    const other = await recordAnswer(chain, answer);
    const records = wholeRecords(recorded.connection.received);
    const foreign = wholeRecords(other.connection.received);
    expect(records.length).toBeGreaterThan(6);
    const splices: TlsRecord[][] = [
      records.toSpliced(-3, 1),
      records.toSpliced(-3, 0, ...records.slice(-3, -2)),
      [...records.slice(0, -3), ...records.slice(-2), ...records.slice(-3, -2)],
      records.toSpliced(-3, 1, ...foreign.slice(-3, -2)),
      [...records.slice(0, -3), ...foreign.slice(-3)],
    ];
    for (const splice of splices)
      expect(refusalOf(() => open({ ...recorded.connection, received: join(splice) }))).toBe("record_invalid");
    // The two halves belong together.
    expect(refusalOf(() => open({ ...recorded.connection, sent: other.connection.sent }))).not.toBeNull();
    expect(refusalOf(() => open({ ...recorded.connection, received: other.connection.received }))).toBe(
      "handshake_invalid",
    );
  });

  it("a name that was not asked for", () => {
    expect(refusalOf(() => open({ ...recorded.connection, serverName: "other.example" }))).toBe("server_name");
    expect(refusalOf(() => open({ ...recorded.connection, serverName: "127.0.0.1" }))).toBe("server_name");
  });

  it("other roots, another time, another certificate's name", async () => {
    const other = await createChain("P-256");
    const { connection, secrets } = recorded;
    const at = (roots_: string[], time: Date) =>
      refusalOf(() => openConnection(connection, secrets, { roots: roots_, now: time }));
    expect(at([other.root.pem], now)).toBe("certificate_untrusted");
    expect(at([], now)).toBe("certificate_untrusted");
    expect(at(roots, new Date(now.getTime() + 2 * 86_400_000))).toBe("certificate_time");
    expect(at(roots, new Date(now.getTime() - 2 * 86_400_000))).toBe("certificate_time");
    const wrong = await createChain("P-256", { hosts: ["other.example"] });
    const named = await recordAnswer(wrong, answer, { client: { servername: serverName, rejectUnauthorized: false } });
    expect(refusalOf(() => openConnection(named.connection, named.secrets, { roots: [wrong.root.pem], now }))).toBe(
      "certificate_name",
    );
  });

  it("a recording that ends before the server's Finished", () => {
    const records = wholeRecords(recorded.connection.received);
    for (const count of [0, 1, 2])
      expect(refusalOf(() => open({ ...recorded.connection, received: join(records.slice(0, count)) }))).toBe(
        "truncated",
      );
    expect(refusalOf(() => open({ ...recorded.connection, sent: Buffer.alloc(0) }))).toBe("truncated");
  });

  it("what is no TLS at all", () => {
    expect(refusalOf(() => open({ ...recorded.connection, received: Buffer.from(answer) }))).toBe("not_tls");
    expect(refusalOf(() => open({ ...recorded.connection, sent: Buffer.from("GET / HTTP/1.1\r\n") }))).toBe("not_tls");
  });
});

describe("whatever the bytes", () => {
  it("a flipped bit is refused, or changes nothing that is asserted", () => {
    const { connection } = recorded;
    const expected = asserted(open(connection));
    const flip = (bytes: Uint8Array, bit: number) => {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return flipped;
    };
    // Most of the bytes are one long record: the handshake is where something could be otherwise.
    const bit = fc.oneof(fc.nat(3000 * 8), fc.nat(connection.received.length * 8 - 1));
    let accepted = 0;
    fc.assert(
      fc.property(bit, fc.boolean(), (position, server) => {
        const changed = server
          ? { ...connection, received: flip(connection.received, position) }
          : { ...connection, sent: flip(connection.sent, position % (connection.sent.length * 8)) };
        if (refusalOf(() => expect(asserted(open(changed))).toEqual(expected)) === null) accepted += 1;
      }),
      { numRuns: 500 },
    );
    // The client's encrypted records, which stay closed.
    expect(accepted).toBeGreaterThan(0);
  });

  it("arbitrary bytes are refused by code, never thrown at", () => {
    const { connection } = recorded;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(200), fc.boolean(), (bytes, at, server) => {
        const spoil = (original: Uint8Array) => Buffer.concat([original.subarray(0, at), bytes]);
        const changed = server
          ? { ...connection, received: spoil(connection.received) }
          : { ...connection, sent: spoil(connection.sent) };
        expect(refusalOf(() => open(changed))).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});

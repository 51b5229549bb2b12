import { execFileSync } from "node:child_process";
import { once } from "node:events";
import * as http2 from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { brotliCompressSync } from "node:zlib";
import { startRecordingProxy, type ProxiedConnection } from "@attestream/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { HandshakeWatcher, openConnection, readResponses } from "./index.ts";
import { readClientStream } from "./client-stream.ts";
import { createChain, serverName, type TestChain } from "./test-support/chains.ts";
import { serverSecretsOf } from "./test-support/record.ts";
import { startOpensslServer } from "./test-support/serve-tls.ts";

let chain: TestChain;
beforeAll(async () => {
  chain = await createChain("P-256");
});

interface Fetched {
  recorded: ProxiedConnection;
  keyLog: string[];
}

/** Connects through a proxy that records, asks, and waits for the server to end, or for `until` to come. */
async function fetchThrough(
  port: number,
  use: (socket: TLSSocket, recorded: () => ProxiedConnection | undefined) => Promise<unknown>,
  options: ConnectionOptions = {},
  root = chain.root.pem,
): Promise<Fetched> {
  await using proxy = await startRecordingProxy({ host: "127.0.0.1", port });
  const keyLog: string[] = [];
  const socket = connect({ port: proxy.port, host: "127.0.0.1", servername: serverName, ca: root, ...options });
  socket.on("keylog", (line: Buffer) => keyLog.push(line.toString("latin1").trimEnd()));
  await once(socket, "secureConnect");
  await use(socket, () => proxy.connections[0]);
  socket.destroy();
  const [recorded] = proxy.connections;
  if (recorded === undefined) throw new Error("nothing went through");
  return { recorded, keyLog };
}

function open({ recorded, keyLog }: Fetched, root = chain.root.pem) {
  const connection = { serverName, sent: Buffer.concat(recorded.sent), received: Buffer.concat(recorded.received) };
  const opened = openConnection(connection, serverSecretsOf(keyLog), { roots: [root], now: new Date() });
  const watcher = new HandshakeWatcher();
  watcher.fromClient(connection.sent.subarray(0, watchedUpTo(connection.sent)));
  return { opened, connection, responses: readResponses(opened), watcher };
}

const watchedUpTo = (sent: Buffer) => 5 + sent.readUInt16BE(3);
const ask = (socket: TLSSocket) => {
  socket.write(`GET /status HTTP/1.0\r\nhost: ${serverName}\r\n\r\n`);
  socket.resume();
  return once(socket, "end");
};

describe("Node's servers", () => {
  it("https with HTTP/1.1, several responses on one connection", async () => {
    const server = createServer({ cert: chain.cert, key: chain.key }, (request, response) => {
      response.setHeader("content-encoding", "br");
      response.end(brotliCompressSync(JSON.stringify({ path: request.url })));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const fetched = await fetchThrough((server.address() as AddressInfo).port, (socket) => {
        socket.write(`GET /a HTTP/1.1\r\nhost: ${serverName}\r\n\r\n`);
        socket.write(`GET /b HTTP/1.1\r\nhost: ${serverName}\r\nconnection: close\r\n\r\n`);
        socket.resume();
        return once(socket, "end");
      });
      const { opened, responses, watcher } = open(fetched);
      expect(opened.closed).toBe(true);
      expect(responses.map(({ body }) => Buffer.from(body).toString())).toEqual(['{"path":"/a"}', '{"path":"/b"}']);
      expect(watcher.clientRandom).toEqual(opened.clientRandom);
    } finally {
      server.close();
    }
  });

  it("http2, several streams at once", async () => {
    const server = http2.createSecureServer({ cert: chain.cert, key: chain.key });
    server.on("stream", (stream, headers) => {
      stream.respond({ ":status": 200, "content-type": "application/json" });
      stream.end(JSON.stringify({ path: headers[":path"], fill: "x".repeat(50_000) }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const fetched = await fetchThrough(
        (server.address() as AddressInfo).port,
        async (socket) => {
          const client = http2.connect(`https://${serverName}`, { createConnection: () => socket });
          const streams = ["/a", "/b", "/c"].map((path) => client.request({ ":path": path }));
          await Promise.all(streams.map((stream) => once(stream.resume(), "end")));
        },
        { ALPNProtocols: ["h2", "http/1.1"] },
      );
      const { opened, responses } = open(fetched);
      expect(opened.alpn).toBe("h2");
      const paths = responses.map(({ body }) => (JSON.parse(Buffer.from(body).toString()) as { path: string }).path);
      expect(paths.toSorted()).toEqual(["/a", "/b", "/c"]);
      expect(responses.every(({ complete }) => complete)).toBe(true);
    } finally {
      server.close();
    }
  });
});

describe("openssl s_server", () => {
  it.each([
    ["P-256", ["-groups", "P-384"]],
    ["RSA", ["-groups", "P-256", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"]],
    ["P-384", ["-groups", "P-521", "-ciphersuites", "TLS_AES_256_GCM_SHA384"]],
  ] as const)("asks for another hello: %s, %j", async (algorithm, args) => {
    const own = await createChain(algorithm);
    await using openssl = await startOpensslServer(own, ["-www", ...args]);
    const groups = { ecdhCurve: "X25519:P-256:P-384:P-521" };
    const fetched = await fetchThrough(openssl.port, ask, groups, own.root.pem);
    const { responses, connection } = open(fetched, own.root.pem);
    expect(readClientStream(connection.sent, serverName).hellos).toHaveLength(2);
    expect(responses).toMatchObject([{ status: 200 }]);
  });

  it("changes its keys in between", async () => {
    await using openssl = await startOpensslServer(chain, ["-crlf"]);
    const fetched = await fetchThrough(openssl.port, async (socket, recorded) => {
      socket.write("GET / HTTP/1.1\r\n\r\n");
      const seen = async (text: string) => {
        while (!received.includes(text)) received += String((await once(socket, "data"))[0]);
      };
      let received = "";
      openssl.type("HTTP/1.1 200 OK\ncontent-length: 12\n\nfirst\n");
      await seen("first");
      const before = recorded()?.received.length;
      // One read of its input is one command: the next line must wait until the KeyUpdate is on the wire.
      openssl.type("k\n");
      await expect.poll(() => recorded()?.received.length).not.toBe(before);
      openssl.type("other\n");
      await seen("other");
    });
    expect(open(fetched).responses.map(({ body }) => Buffer.from(body).toString())).toEqual(["first\r\nother"]);
  });

  it("with a key that is for RSA-PSS only", async () => {
    const folder = await mkdtemp(join(tmpdir(), "attestream-pss-"));
    try {
      const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      const subject = ["-subj", "/CN=pss", "-addext", `subjectAltName=DNS:${serverName}`];
      const made = [
        "-x509",
        "-newkey",
        "rsa-pss",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
        "-nodes",
        "-days",
        "2",
        "-sha256",
      ];
      execFileSync("openssl", ["req", ...made, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
      const own = { ...chain, cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
      await using openssl = await startOpensslServer(own, ["-www"]);
      const fetched = await fetchThrough(openssl.port, ask, {}, own.cert);
      expect(open(fetched, own.cert).responses).toMatchObject([{ status: 200 }]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

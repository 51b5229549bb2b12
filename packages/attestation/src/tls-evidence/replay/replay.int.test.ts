import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openReplay, type ReplayRequest } from "../index.ts";
import { createChain, serverName, type TestChain } from "../test-support/chains.ts";
import { refusalOf } from "../test-support/refusal-of.ts";
import { runReplay, type Replayed } from "../test-support/run-replay.ts";
import { startOpensslServer } from "../test-support/serve-tls.ts";

const now = new Date();
const asked: ReplayRequest = {
  target: "/accounts?month=11",
  headers: [["Accept", "application/json"]],
  secretHeaders: [
    ["Cookie", "session=topsecret"],
    ["Authorization", "Bearer topsecret"],
  ],
};
let chain: TestChain;
let roots: string[];
let server: Server;
let port: number;

beforeAll(async () => {
  chain = await createChain("P-256");
  roots = [chain.root.pem];
  server = createServer({ cert: chain.cert, key: chain.key }, (request, response) => {
    const seen = { url: request.url, headers: request.headers };
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(gzipSync(JSON.stringify(seen)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

const open = ({ connection, secrets, keys }: Replayed, over: Partial<Replayed> = {}) =>
  openReplay(over.connection ?? connection, over.secrets ?? secrets, over.keys ?? keys, { roots, now });

describe("against Node's server", () => {
  it("the URL is shown, the cookie is not, and the answer is the server's", async () => {
    const replayed = await runReplay(port, roots, asked);
    const opened = open(replayed);
    expect(opened).toMatchObject({
      request: { method: "GET", target: "/accounts?month=11", host: serverName },
      version: "1.3",
      alpn: "http/1.1",
      response: { status: 200, complete: true, bodySha256: replayed.response.bodySha256 },
    });
    expect(opened.hiddenBytes).toBe("cookie: session=topsecret\r\nauthorization: Bearer topsecret\r\n".length);
    // The server has had the whole of it.
    expect(JSON.parse(Buffer.from(opened.response.body).toString())).toMatchObject({
      url: "/accounts?month=11",
      headers: { host: serverName, cookie: "session=topsecret", authorization: "Bearer topsecret" },
    });
    expect(JSON.stringify(opened.request)).not.toContain("topsecret");
  });

  it("with nothing to hide", async () => {
    const opened = open(await runReplay(port, roots, { ...asked, secretHeaders: [] }));
    expect(opened.hiddenBytes).toBe(0);
  });

  it("other keys, other connections, and altered records are refused", async () => {
    const [one, other] = [await runReplay(port, roots, asked), await runReplay(port, roots, asked)];
    expect(refusalOf(() => open(one, { keys: other.keys }))).toBe("replay_keys");
    expect(refusalOf(() => open(one, { keys: { request: one.keys.end, end: one.keys.request } }))).toBe("replay_keys");
    expect(refusalOf(() => open(one, { keys: { ...one.keys, end: other.keys.end } }))).toBe("replay_keys");
    expect(refusalOf(() => open(one, { secrets: other.secrets }))).toBe("wrong_secrets");
    const sent = Buffer.from(one.connection.sent);
    sent[sent.length - 1] = (sent.at(-1) ?? 0) ^ 1;
    expect(refusalOf(() => open(one, { connection: { ...one.connection, sent } }))).toBe("replay_keys");
  });

  it.each([
    ["two answers", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na".repeat(2)],
    ["one and the beginning of another", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 2"],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
  ])("%s are refused: the hidden part may have asked for more", async (_what, answer) => {
    const answering = createTlsServer({ cert: chain.cert, key: chain.key }, (socket) => {
      socket.once("data", () => socket.end(answer));
    }).listen(0, "127.0.0.1");
    await once(answering, "listening");
    try {
      const replayed = await runReplay((answering.address() as AddressInfo).port, roots, asked);
      expect(refusalOf(() => open(replayed))).toBe("replay_responses");
    } finally {
      answering.close();
    }
  });

  it("a server that is not who it should be gets no request", async () => {
    const stranger = await createChain("P-256");
    await expect(runReplay(port, [stranger.root.pem], asked)).rejects.toMatchObject({ code: "certificate_untrusted" });
  });

  it("what cannot stand in a request is the caller's mistake", async () => {
    const mistakes: ReplayRequest[] = [
      { ...asked, target: "accounts" },
      { ...asked, target: "/a b" },
      { ...asked, headers: [["host", "other.example"]] },
      { ...asked, headers: [["content-length", "3"]] },
      { ...asked, headers: [["a", "b\r\nhost: c"]] },
      { ...asked, secretHeaders: [["a b", "c"]] },
      { ...asked, secretHeaders: [["cookie", "a\nb"]] },
    ];
    for (const mistake of mistakes) await expect(runReplay(port, roots, mistake)).rejects.toBeInstanceOf(TypeError);
  });
});

describe("against openssl s_server", () => {
  it.each([
    ["TLS_AES_128_GCM_SHA256", "P-256", "P-256"],
    ["TLS_AES_256_GCM_SHA384", "P-256", "RSA"],
    ["TLS_CHACHA20_POLY1305_SHA256", "P-256", "P-384"],
    // These ask for another hello.
    ["TLS_AES_128_GCM_SHA256", "X25519", "P-256"],
    ["TLS_AES_256_GCM_SHA384", "P-384", "P-256"],
  ] as const)("%s, group %s, %s certificates", async (suite, group, algorithm) => {
    const own = await createChain(algorithm);
    await using openssl = await startOpensslServer(own, ["-www", "-ciphersuites", suite, "-groups", group]);
    const replayed = await runReplay(openssl.port, [own.root.pem], asked);
    const opened = openReplay(replayed.connection, replayed.secrets, replayed.keys, { roots: [own.root.pem], now });
    expect(opened.cipher).toBe(suite);
    expect(opened.request.target).toBe(asked.target);
    expect(Buffer.from(opened.response.body).toString()).toContain("s_server");
  });

  it("that asks for a certificate of the client", async () => {
    await using openssl = await startOpensslServer(chain, ["-www", "-verify", "1"]);
    expect(open(await runReplay(openssl.port, roots, asked)).request.target).toBe(asked.target);
  });
});

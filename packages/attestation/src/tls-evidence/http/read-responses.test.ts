import { createHash } from "node:crypto";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOf } from "../test-support/refusal-of.ts";
import { findResponse, readResponses } from "./read-responses.ts";

const http1 = (text: string | Uint8Array, closed = true) =>
  readResponses({ alpn: "http/1.1", plaintext: Buffer.from(text as string, "latin1"), closed });
const bodyText = (body: Uint8Array | undefined) => Buffer.from(body ?? []).toString();

function withCoding(coding: string, body: Uint8Array): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

describe("HTTP/1.1", () => {
  it("content-length, chunked with trailers, none, and until the end, one after the other", () => {
    const responses = http1(
      "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" +
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b \r\nset-cookie:c\r\n\r\nhello" +
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nx-trailer: 1\r\n\r\n" +
        "HTTP/1.1 304 Not Modified\r\ncontent-length: 77\r\n\r\n" +
        "HTTP/1.1 204 No Content\r\n\r\n" +
        "HTTP/1.0 404 Not Found\r\n\r\nto the end",
    );
    expect(responses.map(({ status, body, complete }) => [status, bodyText(body), complete])).toEqual([
      [200, "hello", true],
      [200, "abc0123456789", true],
      [304, "", true],
      [204, "", true],
      [404, "to the end", true],
    ]);
    expect(responses[0]?.headers).toEqual([
      ["content-length", "5"],
      ["set-cookie", "a=b"],
      ["set-cookie", "c"],
    ]);
    const hash = createHash("sha256").update("hello").digest("hex");
    expect(findResponse(responses, hash)).toBe(responses[0]);
    expect(findResponse(responses, "00")).toBeNull();
  });

  it.each([
    "HTTP/1.1 200 OK\r\n\r\nno length",
    "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
  ])("what is cut off is not complete, and is not found: %j", (text) => {
    const responses = http1(text, false);
    expect(responses).toMatchObject([{ complete: false }]);
    expect(findResponse(responses, responses[0]?.bodySha256 ?? "")).toBeNull();
  });

  it("after a change of protocol nothing is read", () => {
    expect(http1("HTTP/1.1 101 Switching Protocols\r\n\r\n\x01\x02")).toMatchObject([{ status: 101 }]);
  });

  it.each([
    "HTTP/2 200 OK\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
    "HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\ncontent-length: 1, 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naX\r\n\r\n",
  ])("refused: %j", (text) => {
    expect(refusalOf(() => http1(text))).toBe("http_invalid");
  });

  it("heads and lines without an end, and more responses than are read", () => {
    expect(refusalOf(() => http1(`HTTP/1.1 200 OK\r\na: ${"b".repeat(300_000)}`))).toBe("http_too_large");
    const line = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${"x".repeat(5000)}`;
    expect(refusalOf(() => http1(line))).toBe("http_too_large");
    expect(refusalOf(() => http1("HTTP/1.1 204 No\r\n\r\n".repeat(1001)))).toBe("http_too_large");
  });
});

describe("content codings", () => {
  const text = Buffer.from(JSON.stringify({ balance: 12.5 }).repeat(20));

  it.each([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["identity", text],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
  ])("%s", (coding, body) => {
    expect(http1(withCoding(coding, body))).toMatchObject([{ complete: true, unread: null }]);
    expect(bodyText(http1(withCoding(coding, body))[0]?.body)).toBe(text.toString());
  });

  it("what cannot be decoded is not complete, and spoils no other response", () => {
    const good = Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    const bomb = withCoding("zstd", zstdCompressSync(Buffer.alloc(40 * 2 ** 20)));
    for (const [bad, unread] of [
      [withCoding("dcb", text), "http_encoding"],
      [withCoding("gzip", text), "http_encoding"],
      [withCoding("gzip, gzip, gzip, gzip", text), "http_encoding"],
      [bomb, "http_too_large"],
    ] as const)
      expect(http1(Buffer.concat([bad, good]))).toMatchObject([
        { complete: false, unread, body: { length: 0 } },
        { complete: true, unread: null },
      ]);
  });

  it("bodies together have a limit", () => {
    const large = withCoding("zstd", zstdCompressSync(Buffer.alloc(25 * 2 ** 20)));
    expect(http1(Buffer.concat([large, large, large])).map(({ unread }) => unread)).toEqual([
      null,
      null,
      "http_too_large",
    ]);
  });
});

it("anything at all is read or refused by code", () => {
  const alpn = fc.constantFrom("h2" as const, "http/1.1" as const, null);
  const start = fc.constantFrom("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  fc.assert(
    fc.property(alpn, start, fc.uint8Array({ maxLength: 400 }), fc.boolean(), (protocol, prefix, bytes, closed) => {
      // A frame of SETTINGS is how HTTP/2 begins.
      const begin = protocol === "h2" ? Buffer.from("000000040000000000", "hex") : Buffer.from(prefix);
      refusalOf(() => readResponses({ alpn: protocol, plaintext: Buffer.concat([begin, bytes]), closed }));
    }),
    { numRuns: 2000 },
  );
});

import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { findResponse, readResponses } from "@attestream/attestation/tls-evidence";
import { mutateBytes } from "../mutate/mutate-bytes.ts";
import type { Kind } from "./kind.ts";
import { unlessRefused } from "./refused.ts";

const mostBytes = 64 * 2 ** 20;

function http1(head: string, body: Uint8Array | string): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`), Buffer.from(body as string)]);
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const text = JSON.stringify({ balance: "1520.75", notes: "paid in full ".repeat(8) });
const gzip = gzipSync(text);
const brotli = brotliCompressSync(text);
const hex = (bytes: string) => Buffer.from(bytes.replaceAll(" ", ""), "hex");
/** :status 200, cache-control: private with a Huffman code, into the table; then again by its index. */
const [block, again] = [hex("88 58 85 ae c3 77 1a 4b"), hex("88 be 0f 0d 02 31 36")];

const streams: readonly { alpn: "h2" | "http/1.1"; bytes: Buffer }[] = [
  { alpn: "http/1.1", bytes: Buffer.concat([http1(`content-length: ${text.length}`, text), http1("", "to the end")]) },
  { alpn: "http/1.1", bytes: http1(`content-encoding: gzip\r\ncontent-length: ${gzip.length}`, gzip) },
  {
    alpn: "http/1.1",
    bytes: http1(
      "content-encoding: br\r\ntransfer-encoding: chunked",
      Buffer.concat([
        Buffer.from(`${brotli.length.toString(16)};x=y\r\n`),
        brotli,
        Buffer.from("\r\n0\r\nt: 1\r\n\r\n"),
      ]),
    ),
  },
  {
    alpn: "h2",
    bytes: Buffer.concat([
      frame(4, 0, 0, new Uint8Array()),
      frame(1, 4, 1, block),
      frame(1, 0, 3, again.subarray(0, 1)),
      frame(9, 4, 3, again.subarray(1)),
      frame(0, 9, 3, Buffer.concat([Uint8Array.of(2), Buffer.alloc(16, 0x61), Uint8Array.of(0, 0)])),
      frame(0, 1, 1, Buffer.from(text)),
      frame(1, 5, 5, block),
      frame(3, 0, 7, Buffer.alloc(4)),
    ]),
  },
];

/** What a server has encrypted can be anything. What is read of it is bounded, and is the same when it is read again. */
export const httpStreams: Kind = {
  title: "HTTP streams",
  part: 0.8,
  prepare() {
    return Promise.resolve((random) => {
      const { alpn, bytes } = random.pick(streams);
      const plaintext = mutateBytes(bytes, random, random.pick(streams).bytes);
      const opened = { alpn, plaintext, closed: random.below(2) === 0 };
      const responses = unlessRefused(() => readResponses(opened));
      if (responses === null) return "refused";
      let total = 0;
      for (const { body, bodySha256, complete, unread } of responses) {
        total += body.length;
        if (complete && unread !== null) throw new Error("complete, and could not be read");
        if (createHash("sha256").update(body).digest("hex") !== bodySha256) throw new Error("a hash of something else");
      }
      if (total > mostBytes) throw new Error("more was decoded than is allowed");
      const [first] = responses;
      if (first !== undefined && findResponse(responses, first.bodySha256)?.complete === false)
        throw new Error("what is not complete was found");
      return "accepted";
    });
  },
};

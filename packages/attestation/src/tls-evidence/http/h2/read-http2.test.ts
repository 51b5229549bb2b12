import * as http2 from "node:http2";
import { duplexPair } from "node:stream";
import { brotliCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { refusalOf } from "../../test-support/refusal-of.ts";
import { readResponses } from "../read-responses.ts";

const bodyText = (body: Uint8Array | undefined) => Buffer.from(body ?? []).toString();

/** What Node's HTTP/2 server sends on one connection, in the clear. */
async function recordHttp2(answers: readonly ((stream: http2.ServerHttp2Stream) => void)[]): Promise<Buffer> {
  const [clientEnd, serverEnd] = duplexPair();
  const sent: Buffer[] = [];
  const write = serverEnd.write.bind(serverEnd);
  serverEnd.write = ((chunk: Uint8Array, ...rest: [never]) => {
    sent.push(Buffer.from(chunk));
    return write(chunk, ...rest);
  }) as typeof serverEnd.write;
  const server = http2.performServerHandshake(serverEnd);
  server.on("stream", (stream: http2.ServerHttp2Stream, headers) => {
    stream.on("error", () => {});
    answers[Number(String(headers[":path"]).slice(1))]?.(stream);
  });
  const client = http2.connect("http://bank.example", { createConnection: () => clientEnd });
  const streams = answers.map((_, index) => client.request({ ":path": `/${index}` }));
  await Promise.all(
    streams.map(
      (stream) =>
        new Promise<void>((resolve) => {
          stream.on("error", () => {});
          stream.on("close", resolve);
          stream.resume();
        }),
    ),
  );
  client.destroy();
  server.destroy();
  return Buffer.concat(sent);
}

const http2Responses = (plaintext: Uint8Array) => readResponses({ alpn: "h2", plaintext });
const settings = "000000040000000000";
const frames = (...hex: string[]) => Buffer.from([settings, ...hex].join("").replaceAll(/\s/g, ""), "hex");
const headers200 = "000001 01 04 00000001 88";

describe("HTTP/2", () => {
  it("what Node's server sends: several streams at once, large bodies, trailers, codings, early hints, resets", async () => {
    const large = "0123456789abcdef".repeat(8000);
    const strange = { "x-all": Array.from({ length: 94 }, (_, index) => String.fromCodePoint(33 + index)).join("") };
    const plaintext = await recordHttp2([
      (stream) => {
        stream.respond({ ":status": 200, ...strange });
        stream.end(large);
      },
      (stream) => {
        stream.additionalHeaders({ ":status": 103, link: "</a>" });
        stream.respond({ ":status": 201, "content-length": 2 }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "x-trailer": "1" }));
        stream.end("ok");
      },
      (stream) => {
        stream.respond({ ":status": 200, ...strange, "content-encoding": "br" });
        stream.end(brotliCompressSync("packed"));
      },
      (stream) => stream.respond({ ":status": 204 }, { endStream: true }),
      (stream) => {
        stream.respond({ ":status": 200 });
        stream.write("half", () => stream.destroy(new Error("stopped")));
      },
    ]);
    const responses = http2Responses(plaintext);
    expect(responses.map(({ status, complete }) => `${status} ${complete}`).toSorted()).toEqual([
      "200 false",
      "200 true",
      "200 true",
      "201 true",
      "204 true",
    ]);
    const bodies = responses.filter(({ complete }) => complete).map(({ body }) => bodyText(body));
    expect(bodies.toSorted()).toEqual([large, "ok", "packed", ""].toSorted());
    expect(
      responses.filter(({ headers }) =>
        headers.some(([name, value]) => name === "x-all" && value === strange["x-all"]),
      ),
    ).toHaveLength(2);
    // Cut off anywhere, less is complete and nothing is otherwise.
    const whole = new Set(responses.map(({ bodySha256, status }) => `${status} ${bodySha256}`));
    for (let cut = 1; cut < plaintext.length; cut += 997)
      for (const response of http2Responses(plaintext.subarray(0, -cut)))
        if (response.complete) expect(whole).toContain(`${response.status} ${response.bodySha256}`);
  });

  it("padding, priority, CONTINUATION, and frames of kinds that say nothing here", () => {
    const plaintext = frames(
      "000004 ff 00 00000000 00000000",
      // Padded by two, with a priority, and the block goes on in the next frame.
      "000009 01 28 00000001 02 0000000010 48 0000",
      "000004 09 04 00000001 03 323030",
      "000004 08 00 00000001 00000001",
      "000006 00 09 00000001 02 6f6b21 0000",
    );
    expect(http2Responses(plaintext)).toMatchObject([{ status: 200, complete: true }]);
    expect(bodyText(http2Responses(plaintext)[0]?.body)).toBe("ok!");
  });

  it.each([
    ["no SETTINGS at the beginning", Buffer.from(headers200.replaceAll(" ", ""), "hex")],
    ["PUSH_PROMISE", frames("000005 05 04 00000001 00000002 88")],
    ["an even stream", frames("000001 01 04 00000002 88")],
    ["stream zero", frames("000001 01 04 00000000 88")],
    ["a block that is interrupted", frames("000001 01 00 00000001 88", "000000 00 00 00000001")],
    ["CONTINUATION of another stream", frames("000001 01 00 00000001 88", "000000 09 04 00000003")],
    ["CONTINUATION of nothing", frames("000000 09 04 00000001")],
    ["DATA before HEADERS", frames("000001 00 00 00000001 61")],
    ["DATA after the end", frames("000001 01 05 00000001 88", "000001 00 00 00000001 61")],
    ["DATA after a reset", frames(headers200, "000004 03 00 00000001 00000000", "000001 00 00 00000001 61")],
    ["padding longer than the frame", frames(headers200, "000001 00 08 00000001 01")],
    ["HEADERS too short for a priority", frames("000001 01 24 00000001 88")],
    ["no status", frames("000001 01 04 00000001 90")],
    ["a status twice", frames("000002 01 04 00000001 88 89")],
    ["a name in upper case", frames("000006 01 04 00000001 88 00 01 41 01 61")],
    ["a line break in a value", frames("000006 01 04 00000001 88 00 01 61 01 0a")],
    ["trailers without the end", frames(headers200, "000005 01 04 00000001 00 01 61 01 61")],
    ["an announcement that ends the stream", frames("000005 01 05 00000001 08 03 313033")],
    ["a body of another length", frames("000005 01 04 00000001 88 5c 02 3133", "000001 00 01 00000001 61")],
    ["a reset of the connection", frames("000004 03 00 00000000 00000000")],
  ])("refused: %s", (_what, plaintext) => {
    expect(refusalOf(() => http2Responses(plaintext))).toBe("http_invalid");
  });

  it("a header block without an end, and more streams than are read", () => {
    const part = `003000 09 00 00000001 ${"00".repeat(0x3000)}`;
    const endless = frames("000001 01 00 00000001 88", ...Array.from({ length: 30 }, () => part));
    expect(refusalOf(() => http2Responses(endless))).toBe("http_too_large");
    const streams = Array.from(
      { length: 1001 },
      (_, index) => `000001 01 05 ${(2 * index + 1).toString(16).padStart(8, "0")} 88`,
    );
    expect(refusalOf(() => http2Responses(frames(...streams)))).toBe("http_too_large");
  });
});

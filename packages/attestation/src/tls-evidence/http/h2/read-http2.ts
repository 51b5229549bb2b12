import { ByteCollector } from "../../byte-collector.ts";
import { TlsEvidenceRefused } from "../../tls-refusal.ts";
import { mostResponses, type FramedResponse } from "../finish-response.ts";
import { flags, frameType, readFrames, withoutPadding, type Frame } from "./frames.ts";
import { HpackDecoder } from "./hpack.ts";

interface Stream {
  /** Null until the headers of the answer itself have come. */
  head: { status: number; headers: [string, string][] } | null;
  body: ByteCollector;
  state: "open" | "ended" | "reset";
}

const longestBlock = 2 ** 18;

/** The server's half of an HTTP/2 connection. Several answers may be on their way at once. */
export function readHttp2(bytes: Uint8Array): FramedResponse[] {
  const streams = new Map<number, Stream>();
  const hpack = new HpackDecoder();
  let block: { id: number; endsStream: boolean; bytes: ByteCollector } | null = null;
  let begun = false;

  for (const frame of readFrames(bytes)) {
    if (!begun && (frame.type !== frameType.settings || (frame.flags & flags.ack) !== 0))
      invalid("It does not begin with SETTINGS.");
    begun = true;
    if (block !== null) {
      if (frame.type !== frameType.continuation || frame.stream !== block.id) invalid("A header block is interrupted.");
      addToBlock(frame.payload, frame.flags);
      continue;
    }
    switch (frame.type) {
      case frameType.headers:
        block = { id: frame.stream, endsStream: (frame.flags & flags.endStream) !== 0, bytes: new ByteCollector() };
        addToBlock(fragmentOf(frame), frame.flags);
        break;
      case frameType.data:
        takeData(frame);
        break;
      case frameType.reset:
        takeReset(frame);
        break;
      case frameType.continuation:
        invalid("CONTINUATION without a header block.");
      // falls through: never comes here
      case frameType.pushPromise:
        invalid("PUSH_PROMISE: no browser allows for it any more.");
    }
  }
  return [...streams.values()].flatMap(({ head, body, state }) =>
    head === null ? [] : [{ ...head, body: body.bytes, complete: state === "ended" }],
  );

  function addToBlock(part: Uint8Array, frameFlags: number): void {
    if (block === null) return;
    block.bytes.add(part);
    if (block.bytes.length > longestBlock) throw new TlsEvidenceRefused("http_too_large");
    if ((frameFlags & flags.endHeaders) === 0) return;
    takeHeaders(block.id, hpack.decode(block.bytes.bytes), block.endsStream);
    block = null;
  }

  function takeHeaders(id: number, fields: [string, string][], endsStream: boolean): void {
    const stream = openStream(id);
    if (stream.head === null) {
      const { status, headers } = splitStatus(fields);
      // 100 Continue and the like come before the answer.
      if (status < 200) {
        if (endsStream) invalid("An answer that only announces another.");
        return;
      }
      stream.head = { status, headers };
    } else if (!endsStream || fields.some(([name]) => name.startsWith(":"))) invalid("Trailers.");
    if (endsStream) endStream(stream);
  }

  function takeData(frame: Frame): void {
    const stream = openStream(frame.stream);
    if (stream.head === null) invalid("DATA before HEADERS.");
    stream.body.add(withoutPadding(frame));
    if ((frame.flags & flags.endStream) !== 0) endStream(stream);
  }

  function takeReset(frame: Frame): void {
    const stream = streams.get(frame.stream);
    if (frame.stream === 0 || frame.payload.length !== 4) invalid("RST_STREAM.");
    if (stream?.state === "open") stream.state = "reset";
  }

  function openStream(id: number): Stream {
    let stream = streams.get(id);
    if (stream === undefined) {
      // Even numbers are the server's own, for answers to what nobody asked.
      if (id % 2 === 0) invalid("A stream that no client opens.");
      if (streams.size >= mostResponses) throw new TlsEvidenceRefused("http_too_large");
      stream = { head: null, body: new ByteCollector(), state: "open" };
      streams.set(id, stream);
    }
    if (stream.state !== "open") invalid("A stream goes on after its end.");
    return stream;
  }
}

function endStream(stream: Stream): void {
  const lengths = new Set(
    (stream.head?.headers ?? []).flatMap(([name, value]) => (name === "content-length" ? [value] : [])),
  );
  // An answer to HEAD tells the length of what it does not have.
  const { length } = stream.body;
  if (length > 0 && (lengths.size > 1 || (lengths.size === 1 && !lengths.has(String(length)))))
    invalid("The length of a body.");
  stream.state = "ended";
}

function splitStatus(fields: readonly [string, string][]): { status: number; headers: [string, string][] } {
  const [first, ...headers] = fields;
  if (first?.[0] !== ":status" || !/^[1-5][0-9]{2}$/.test(first[1])) invalid(":status");
  const bad = headers.some(([name, value]) => !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) || /[\r\n\0]/.test(value));
  if (bad) invalid("A header field.");
  return { status: Number(first[1]), headers };
}

function fragmentOf(frame: Frame): Uint8Array {
  const payload = withoutPadding(frame);
  if ((frame.flags & flags.priority) === 0) return payload;
  if (payload.length < 5) invalid("HEADERS.");
  return payload.subarray(5);
}

function invalid(detail: string): never {
  throw new TlsEvidenceRefused("http_invalid", detail);
}

import { ByteCollector } from "../byte-collector.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import { mostResponses, type FramedResponse } from "./finish-response.ts";

const longestHead = 2 ** 18;
const mostFields = 1000;
const longestChunkLine = 4096;
const switchingProtocols = 101;

/**
 * Responses of HTTP/1.1, one after the other. There is no telling an answer to HEAD from another here: nothing must ask
 * with HEAD on a connection that is to be evidence. `ended`: whether the server has said that nothing follows.
 */
export function readHttp1(bytes: Uint8Array, ended: boolean): { responses: FramedResponse[]; unreadBytes: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const responses: FramedResponse[] = [];
  let offset = 0;
  while (offset < buffer.length) {
    const end = buffer.indexOf("\r\n\r\n", offset, "latin1");
    if ((end < 0 ? buffer.length : end) - offset > longestHead) throw new TlsEvidenceRefused("http_too_large");
    // A head that is cut off says nothing yet.
    if (end < 0) break;
    const { status, headers } = parseHead(buffer.toString("latin1", offset, end));
    offset = end + 4;
    if (status < 200 && status !== switchingProtocols) continue;
    if (responses.length >= mostResponses) throw new TlsEvidenceRefused("http_too_large");
    const framing = framingOf(status, headers);
    const read = framing === "chunked" ? readChunks(buffer, offset) : readPlain(buffer, offset, framing ?? null, ended);
    responses.push({ status, headers, body: read.body, complete: read.complete });
    // What follows is another protocol.
    if (status === switchingProtocols) break;
    offset = read.next;
  }
  return { responses, unreadBytes: buffer.length - offset };
}

export function parseHead(head: string): { status: number; headers: [string, string][] } {
  const [line = "", ...fields] = head.split("\r\n");
  const status = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [^\r\n\0]*)?$/.exec(line)?.[1];
  if (status === undefined) throw new TlsEvidenceRefused("http_invalid", "The first line of a response.");
  return { status: Number(status), headers: parseFields(fields) };
}

export function parseFields(lines: readonly string[]): [string, string][] {
  if (lines.length > mostFields) throw new TlsEvidenceRefused("http_too_large");
  return lines.map((line) => {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new TlsEvidenceRefused("http_invalid", "A line of a head.");
    return [name.toLowerCase(), value.trimEnd()];
  });
}

/** How long the body is: a number, "chunked", or null for "until the end". Two answers that differ are refused. */
function framingOf(status: number, headers: readonly [string, string][]): number | "chunked" | null {
  const all = (wanted: string) =>
    headers
      .filter(([name]) => name === wanted)
      .flatMap(([, value]) => value.split(","))
      .map((value) => value.trim().toLowerCase());
  const codings = all("transfer-encoding");
  const lengths = new Set(all("content-length"));
  if (status < 200 || status === 204 || status === 304) return 0;
  if (codings.length > 0) {
    if (lengths.size > 0 || codings.length > 1 || codings[0] !== "chunked")
      throw new TlsEvidenceRefused("http_invalid", "The length of a body.");
    return "chunked";
  }
  const [length] = lengths;
  if (length === undefined) return null;
  if (lengths.size > 1 || !/^[0-9]{1,15}$/.test(length))
    throw new TlsEvidenceRefused("http_invalid", "The length of a body.");
  return Number(length);
}

interface ReadBody {
  body: Uint8Array;
  complete: boolean;
  next: number;
}

function readPlain(buffer: Buffer, offset: number, length: number | null, ended: boolean): ReadBody {
  const next = Math.min(buffer.length, offset + (length ?? buffer.length));
  const complete = length === null ? ended : next - offset === length;
  return { body: buffer.subarray(offset, next), complete, next };
}

function readChunks(buffer: Buffer, start: number): ReadBody {
  const body = new ByteCollector();
  const cut = (): ReadBody => ({ body: body.bytes, complete: false, next: buffer.length });
  let offset = start;
  for (;;) {
    const line = readLine(buffer, offset);
    if (line === null) return cut();
    const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;[^\0]*)?$/.exec(line)?.[1];
    if (size === undefined) throw new TlsEvidenceRefused("http_invalid", "The size of a chunk.");
    offset += line.length + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    body.add(buffer.subarray(offset, Math.min(buffer.length, offset + length)));
    offset += length;
    if (offset + 2 > buffer.length) return cut();
    if (buffer[offset] !== 13 || buffer[offset + 1] !== 10)
      throw new TlsEvidenceRefused("http_invalid", "The end of a chunk.");
    offset += 2;
  }
  // Trailers are authenticated as the body is, and nobody asks for them.
  for (let lines = 0; ; lines += 1) {
    const line = readLine(buffer, offset);
    if (line === null) return cut();
    offset += line.length + 2;
    if (line === "") return { body: body.bytes, complete: true, next: offset };
    parseFields([line]);
    if (lines > mostFields) throw new TlsEvidenceRefused("http_too_large");
  }
}

/** Null when the line has not come to its end. */
function readLine(buffer: Buffer, offset: number): string | null {
  const window = buffer.subarray(offset, offset + longestChunkLine);
  const end = window.indexOf("\r\n", 0, "latin1");
  if (end >= 0) return window.toString("latin1", 0, end);
  if (window.length === longestChunkLine) throw new TlsEvidenceRefused("http_too_large");
  return null;
}

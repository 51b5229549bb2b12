import { parseFields } from "../http/read-http1.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import type { ReplayRequest } from "./replay-types.ts";

/** The three parts of a request: disclosed, hidden, disclosed. */
export interface RequestParts {
  start: string;
  hidden: string;
  end: string;
}

const targetForm = /^\/[!-~]*$/;
/** A body, or another answer than one, could come of these. */
const framing = new Set(["content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer", "host"]);
const last = "connection: close";
const encodings = "accept-encoding: gzip, br, zstd, deflate";

/** Throws a TypeError for what cannot stand in a request. */
export function buildRequest(host: string, { target, headers, secretHeaders }: ReplayRequest): RequestParts {
  if (!targetForm.test(target)) throw new TypeError("target must be a path and a query, percent-encoded");
  const start = [`GET ${target} HTTP/1.1`, `host: ${host}`, encodings, ...headers.map(toLine), last];
  return { start: toText(start), hidden: toText(secretHeaders.map(toLine)), end: "\r\n" };
}

/** What was asked for, by the disclosed parts. Refuses all that could be more than one request, or for somebody else. */
export function readRequest({ start, end }: Omit<RequestParts, "hidden">, serverName: string) {
  const lines = start.split("\r\n");
  const target = /^GET (\/[!-~]*) HTTP\/1\.1$/.exec(lines[0] ?? "")?.[1];
  if (target === undefined || lines.at(-1) !== "" || end !== "\r\n") refuse();
  // The lines are read as the server reads them. Hidden bytes come right after the last and could go on with it
  // (obsolete line folding): so it is one that may say what it likes, and Host is the first.
  const fields = readLines(lines.slice(1, -1));
  const host = fields[0]?.[1] ?? "";
  if (fields[0]?.[0] !== "host" || !isHostOf(host, serverName)) refuse();
  if (lines.at(-2)?.toLowerCase() !== last) refuse();
  if (fields.slice(1).some(([name]) => framing.has(name))) refuse();
  return { method: "GET" as const, target, host };
}

export function hostHeader(serverName: string, port: number | undefined): string {
  const host = serverName.includes(":") ? `[${serverName}]` : serverName;
  return port === undefined || port === 443 ? host : `${host}:${port}`;
}

function isHostOf(host: string, serverName: string): boolean {
  const name = hostHeader(serverName, undefined).toLowerCase();
  const given = host.toLowerCase();
  return given === name || (given.startsWith(`${name}:`) && /^[0-9]{1,5}$/.test(given.slice(name.length + 1)));
}

function readLines(lines: readonly string[]): [string, string][] {
  try {
    return parseFields(lines);
  } catch {
    return refuse();
  }
}

function toLine([name, value]: readonly [string, string]): string {
  const lower = name.toLowerCase();
  if (framing.has(lower) || lower === "connection" || lower === "accept-encoding")
    throw new TypeError(`the header ${lower} is not for the caller to set`);
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(lower) || !/^[\t -~\u0080-\u00ff]*$/.test(value))
    throw new TypeError("a header has a character in it that no header may have");
  return `${lower}: ${value}`;
}

const toText = (lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join("");

function refuse(): never {
  throw new TlsEvidenceRefused("replay_request");
}

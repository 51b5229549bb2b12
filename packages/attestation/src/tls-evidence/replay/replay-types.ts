import type { HttpResponse } from "../http/http-response.ts";
import type { OpenedConnection } from "../opened-connection.ts";
import type { TrafficKey } from "../record/key-schedule.ts";
import type { ServerSecrets } from "../recorded-connection.ts";

/** What is disclosed of a replayed request: the epochs before and after the hidden one. */
export interface ReplayClientKeys {
  request: TrafficKey;
  end: TrafficKey;
}

export interface ReplayRequest {
  /** Path and query. */
  target: string;
  /** Disclosed. Host, Connection and Accept-Encoding are set by the client. */
  headers: readonly (readonly [name: string, value: string])[];
  /** Sent under a key that nobody else learns: cookie, authorization. */
  secretHeaders: readonly (readonly [name: string, value: string])[];
}

/**
 * A TLS 1.3 client that asks for one thing over HTTP/1.1. It does no I/O: what goes in and out are bytes.
 * Methods throw TlsEvidenceRefused when the server is not who it should be, or breaks the protocol.
 */
export interface ReplayClient {
  /** The first bytes to send. */
  start(): Uint8Array;
  /** Takes bytes of the server; gives what must be sent now, often nothing. */
  receive(bytes: Uint8Array): Uint8Array;
  /** What to send to ask, once `state` is "ready". */
  request(request: ReplayRequest): Uint8Array;
  /** That the server's connection ended. */
  end(): void;
  readonly state: "handshake" | "ready" | "asked" | "answered";
  /** From "ready" on: to commit to before the request goes out, and to disclose. */
  readonly serverSecrets: ServerSecrets | null;
  /** From "asked" on: to disclose. */
  readonly clientKeys: ReplayClientKeys | null;
  /** When "answered". */
  readonly response: HttpResponse | null;
}

export interface ReplayClientOptions {
  serverName: string;
  /** Stands in the Host header where it is not 443. */
  port?: number;
  roots: readonly string[];
  now: Date;
  /** Gives that many random bytes. */
  random: (length: number) => Uint8Array;
}

export interface OpenedReplay extends OpenedConnection {
  request: { method: "GET"; target: string; host: string };
  /** At most so many bytes of the request were hidden. */
  hiddenBytes: number;
  response: HttpResponse;
}

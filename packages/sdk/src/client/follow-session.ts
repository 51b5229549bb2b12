import { isTerminal } from "@attestream/shared";
import { parseTolerant } from "../parse-tolerant.ts";
import { AttestreamError } from "./attestream-error.ts";
import { readEventStream } from "./event-source.ts";
import { clientSessionEventSchema, type SessionEvent } from "./schemas.ts";
import { openStream, type Connection } from "./send-request.ts";

/** The server sends at least a heartbeat every 15 s. */
const silentForMs = 45_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

export interface FollowOptions {
  connection: Connection;
  path: string;
  after: number;
  pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal: AbortSignal | undefined;
}

/**
 * Every event of a session once and in order, as it happens, until the session has ended. A stream that
 * breaks or falls silent is opened again after the last event that was read.
 */
export async function* followSession(options: FollowOptions): AsyncGenerator<SessionEvent, void> {
  const { connection, path, pause, signal } = options;
  let last = options.after;
  let hasEnded = false;
  for (let failures = 0; !hasEnded;) {
    const silence = new Silence(signal);
    let waitMs = 0;
    try {
      const body = await openStream(connection, { path, lastEventId: last, signal: silence.signal });
      // 204: it has ended, and there is nothing after `last`.
      if (body === null) return;
      for await (const sent of readEventStream(body)) {
        silence.end();
        const event = sent === null ? null : parseEvent(sent.data);
        if (event === null || event.seq <= last) continue;
        last = event.seq;
        hasEnded ||= isTerminal(event.status);
        failures = 0;
        yield event;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AttestreamError && !error.retriable) throw error;
      if (error instanceof AttestreamError) waitMs = (error.retryAfter ?? 0) * 1_000;
      // What had ended was told, and the rest of the stream does not matter.
      if (hasEnded) return;
    } finally {
      silence.stop();
    }
    if (hasEnded) return;
    failures += 1;
    await pause(Math.max(waitMs, Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))), signal);
  }
}

function parseEvent(data: string): SessionEvent {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    json = undefined;
  }
  const parsed = parseTolerant(clientSessionEventSchema, json);
  if (parsed.success) return parsed.data;
  throw new AttestreamError("The event stream is not one of this API. Check baseUrl.", {
    status: 200,
    type: "unexpected_answer",
    code: "unexpected_answer",
    retriable: false,
    cause: parsed.error,
  });
}

/** Aborts when nothing was heard for too long, or when the caller does. */
class Silence {
  readonly signal: AbortSignal;
  readonly #heard = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  constructor(signal: AbortSignal | undefined) {
    this.signal = signal ? AbortSignal.any([signal, this.#heard.signal]) : this.#heard.signal;
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  /** Also gives the connection back. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#heard.abort();
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#heard.abort(new Error("The event stream fell silent.")), silentForMs);
  }
}

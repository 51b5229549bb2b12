import {
  frameOpeningSchema,
  frameViewSchema,
  handOverSchema,
  streamTicketSchema,
  workerKeysSchema,
  type FrameOpening,
  type FrameView,
  type HandOver,
  type StreamTicket,
  type WorkerKeys,
} from "@attestream/shared/frame-api";
import type { ResumeSecret } from "./resume-secret.ts";
import { createEventParser } from "./event-feed.ts";

/** `code` is the API's error code, or why no answer came: `unreachable` or `unreadable`. */
export class FrameApiError extends Error {
  override readonly name = "FrameApiError";
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface FrameApi {
  exchange(token: string, signal: AbortSignal): Promise<FrameOpening>;
  resume(signal: AbortSignal): Promise<FrameOpening>;
  streamTicket(signal: AbortSignal): Promise<StreamTicket>;
  /** Who may sign what the stream is sealed for. */
  workerKeys(signal: AbortSignal): Promise<WorkerKeys>;
  consent(accepted: boolean, signal: AbortSignal): Promise<FrameView>;
  cancel(signal: AbortSignal): Promise<FrameView>;
  handOver(to: "another" | "previous", signal: AbortSignal): Promise<HandOver>;
  /** With the token of a hand-over, or without one when the session was offered back. */
  takeOver(token: string | null, signal: AbortSignal): Promise<FrameOpening>;
  /** Ends when the API ends the stream. `alive` is called for whatever arrives, heartbeats too. */
  events(signal: AbortSignal, alive: () => void): AsyncGenerator<FrameView>;
  /** How far the server's clock is ahead of this one, milliseconds, to the second. */
  clockSkewMs(): number;
}

const longestAnswerMs = 15_000;

export function createFrameApi(options: {
  base: string;
  fetch: typeof fetch;
  secret: ResumeSecret;
  now: () => number;
}): FrameApi {
  const { base, secret, now } = options;
  let skewMs = 0;

  async function request(url: string, init: RequestInit): Promise<Response> {
    const held = secret.read();
    const headers = {
      ...(init.headers as Record<string, string> | undefined),
      ...(held ? { authorization: `Bearer ${held}` } : {}),
    };
    let response: Response;
    try {
      response = await options.fetch(url, {
        ...init,
        headers,
        credentials: "same-origin",
        cache: "no-store",
        referrerPolicy: "no-referrer",
      });
    } catch {
      throw new FrameApiError("unreachable");
    }
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date) && Math.abs(date - now()) > 5_000) skewMs = date - now();
    if (!response.ok) throw new FrameApiError(await errorCodeOf(response));
    return response;
  }

  /** The JSON of an answer that comes in time. */
  async function ask(url: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    const patience = new AbortController();
    const giveUp = () => patience.abort();
    const timer = setTimeout(giveUp, longestAnswerMs);
    signal.addEventListener("abort", giveUp);
    try {
      const response = await request(url, { ...init, signal: patience.signal });
      return (await response.json().catch(() => null)) as unknown;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
  }

  async function post<T>(
    path: string,
    body: object,
    schema: { parse(value: unknown): T },
    signal: AbortSignal,
  ): Promise<T> {
    const init = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const envelope = await ask(`${base}/${path}`, init, signal);
    return parse(schema, envelope && typeof envelope === "object" && "data" in envelope ? envelope.data : null);
  }

  return {
    exchange: (token, signal) => post("exchange", { token }, frameOpeningSchema, signal),
    resume: (signal) => post("resume", {}, frameOpeningSchema, signal),
    streamTicket: (signal) => post("stream-ticket", {}, streamTicketSchema, signal),
    workerKeys: async (signal) => parse(workerKeysSchema, await ask("/.well-known/worker-keys.json", {}, signal)),
    consent: (accepted, signal) => post("consent", { accepted }, frameViewSchema, signal),
    cancel: (signal) => post("cancel", {}, frameViewSchema, signal),
    handOver: (to, signal) => post("hand-over", { to }, handOverSchema, signal),
    takeOver: (token, signal) => post("take-over", token === null ? {} : { token }, frameOpeningSchema, signal),
    async *events(signal, alive) {
      const response = await request(`${base}/events`, { headers: { accept: "text/event-stream" }, signal });
      if (!response.body) throw new FrameApiError("unreadable");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parseEvents = createEventParser();
      try {
        for (;;) {
          const { done, value } = await reader.read().catch(() => {
            throw new FrameApiError("unreachable");
          });
          if (done) return;
          alive();
          for (const data of parseEvents(value)) yield parse(frameViewSchema, jsonOf(data));
        }
      } finally {
        await reader.cancel().catch(() => {});
      }
    },
    clockSkewMs: () => skewMs,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FrameApiError("unreadable");
  }
}

function parse<T>(schema: { parse(value: unknown): T }, value: unknown): T {
  try {
    return schema.parse(value);
  } catch {
    throw new FrameApiError("unreadable");
  }
}

async function errorCodeOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  if (
    body &&
    typeof body === "object" &&
    "error" in body &&
    body.error &&
    typeof body.error === "object" &&
    "code" in body.error &&
    typeof body.error.code === "string"
  ) {
    return body.error.code;
  }
  return response.status === 429 ? "rate_limited" : response.status >= 500 ? "internal" : "unreadable";
}

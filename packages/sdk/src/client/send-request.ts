import { errorEnvelopeSchema } from "@attestream/shared/partner-api";
import { z } from "zod";
import { parseTolerant } from "../parse-tolerant.ts";
import { AttestreamError } from "./attestream-error.ts";

const answerWithinMs = 30_000;
const envelopeSchema = z.object({ status: z.literal("success"), data: z.unknown() });

export interface Connection {
  baseUrl: URL;
  apiKey: string;
  fetch: typeof fetch;
}

export interface ApiRequest<T extends z.ZodType> {
  method: "GET" | "POST" | "DELETE";
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  /** Of `data` in the answer, or of the whole answer when it is `bare`. */
  answer: T;
  /** A standard document, which comes without the envelope; as text where it is not JSON. */
  bare?: true | "text";
  signal?: AbortSignal | undefined;
}

/** One request, one answer: its data, or an AttestreamError. An abort by the caller is thrown as it is. */
export async function sendRequest<T extends z.ZodType>(
  connection: Connection,
  request: ApiRequest<T>,
): Promise<z.output<T>> {
  const response = await send(connection, request);
  const body = response.ok && request.bare === "text" ? await response.text() : await readJson(response);
  if (!response.ok) throw errorFrom(response, body);
  const envelope = envelopeSchema.safeParse(request.bare ? { status: "success", data: body } : body);
  if (!envelope.success) throw unexpected(response, envelope.error);
  const parsed = parseTolerant(request.answer, envelope.data.data);
  if (parsed.success) return parsed.data;
  throw unexpected(response, parsed.error);
}

/** The body of an event stream that goes on after `lastEventId`; null when there will be nothing more. Ends with the signal. */
export async function openStream(
  connection: Connection,
  { path, lastEventId, signal }: { path: string; lastEventId: number; signal: AbortSignal },
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  const headers = { accept: "text/event-stream", "last-event-id": String(lastEventId) };
  const response = await send(connection, { method: "GET", path, headers, signal }, answerWithinMs);
  if (response.status === 204) return null;
  if (!response.ok) throw errorFrom(response, await readJson(response));
  if (!response.headers.get("content-type")?.startsWith("text/event-stream") || response.body === null)
    throw unexpected(response, undefined);
  return response.body;
}

async function send(
  connection: Connection,
  { method, path, query, body, headers, signal }: Omit<ApiRequest<z.ZodType>, "answer">,
  /** For the head of the answer only: the body takes as long as it takes. */
  headWithinMs?: number,
): Promise<Response> {
  // Below the base URL's own path, for an API behind a prefix.
  const url = new URL(`${connection.baseUrl.pathname.replace(/\/$/, "")}${path}`, connection.baseUrl);
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const head = headWithinMs === undefined ? null : new AbortController();
  const headTimer = head && setTimeout(() => head.abort(), headWithinMs);
  const timeout = head?.signal ?? AbortSignal.timeout(answerWithinMs);
  try {
    return await connection.fetch(url, {
      method,
      headers: {
        "x-api-key": connection.apiKey,
        "content-type": "application/json",
        accept: "application/json, */*;q=0.5",
        ...headers,
      },
      ...(method === "POST" && { body: JSON.stringify(body ?? {}) }),
      // A redirect would carry the API key elsewhere.
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const message = timeout.aborted
      ? `The API did not answer within ${answerWithinMs / 1_000} s.`
      : `The API at ${connection.baseUrl.origin} could not be reached.`;
    throw new AttestreamError(message, {
      status: 0,
      type: "connection",
      code: timeout.aborted ? "timeout" : "unreachable",
      retriable: true,
      cause,
    });
  } finally {
    clearTimeout(headTimer ?? undefined);
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function errorFrom(response: Response, body: unknown): AttestreamError {
  const parsed = parseTolerant(errorEnvelopeSchema, body);
  if (!parsed.success) return unexpected(response, parsed.error);
  const { message, ...fields } = parsed.data.error;
  return new AttestreamError(message, { ...fields, status: response.status, retryAfter: retryAfterOf(response) });
}

function unexpected(response: Response, cause: unknown): AttestreamError {
  return new AttestreamError(`The answer (HTTP ${response.status}) is not one of this API. Check baseUrl.`, {
    status: response.status,
    type: "unexpected_answer",
    code: "unexpected_answer",
    retriable: response.status >= 500 || response.status === 429,
    retryAfter: retryAfterOf(response),
    cause,
  });
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

import type { Readable, Writable } from "node:stream";
import { z } from "zod";

const messageSchema = z.object({
  id: z.int().optional(),
  method: z.string().optional(),
  sessionId: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

export interface CdpEvent {
  method: string;
  sessionId: string | undefined;
  params: unknown;
}

/** The DevTools protocol over `--remote-debugging-pipe`: JSON texts with a zero byte after each. Nothing in between. */
export class CdpPipe {
  readonly #out: Writable;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Set<(event: CdpEvent) => void>();
  #parts: Buffer[] = [];
  #lastId = 0;
  #closed = false;

  constructor(out: Writable, incoming: Readable) {
    this.#out = out;
    out.on("error", () => this.#close());
    incoming.on("data", (chunk: Buffer) => this.#take(chunk));
    incoming.on("close", () => this.#close());
  }

  /** Rejects when the browser refuses, or is gone. */
  send(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error("the browser is gone"));
    this.#lastId += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#lastId, waiting);
    this.#out.write(`${JSON.stringify({ id: this.#lastId, method, params, sessionId })}\0`);
    return waiting.promise;
  }

  listen(listener: (event: CdpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, from)) {
      this.#parts.push(chunk.subarray(from, end));
      this.#hear(Buffer.concat(this.#parts).toString());
      this.#parts = [];
      from = end + 1;
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from));
  }

  #hear(text: string): void {
    const { id, method, sessionId, params, result, error } = messageSchema.parse(JSON.parse(text));
    if (method !== undefined) {
      for (const listener of this.#listeners) listener({ method, sessionId, params });
      return;
    }
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result);
  }

  #close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new Error("the browser is gone"));
    this.#waiting.clear();
  }
}

import { availableParallelism } from "node:os";
import type { FrameEncoder } from "../frame-encoder.ts";
import { EncoderThread, type EncoderThreadOptions } from "./encoder-thread-link.ts";

const mostThreads = Math.min(availableParallelism(), 8);

/**
 * Threads in which pictures are encoded, away from the one that carries input and messages. A stream keeps
 * its thread; a new thread is started while all have a stream and the machine has cores. Of a thread that
 * died a new one is started with the next frame.
 */
export class EncoderPool {
  readonly #threads: EncoderThread[] = [];
  #lastId = 0;
  #closed = false;

  readonly #options: EncoderThreadOptions;

  /** The first thread is started now: a stream's first picture shall not wait for it. */
  constructor(options: Partial<EncoderThreadOptions> = {}) {
    this.#options = { program: new URL("encoder-thread.ts", import.meta.url), longestMs: 30_000, ...options };
    this.#threads.push(new EncoderThread(this.#options));
  }

  open(): FrameEncoder {
    this.#lastId += 1;
    const id = this.#lastId;
    let thread: EncoderThread | null = null;
    let disposed = false;
    const leave = () => {
      thread?.leave(id);
      thread = null;
    };
    return {
      encode: async (frame) => {
        if (disposed || this.#closed) throw new Error("the encoder is closed");
        if (thread?.alive !== true) {
          thread = this.#choose();
          thread.enter(id);
        }
        return thread.encode(id, frame);
      },
      dispose() {
        disposed = true;
        leave();
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.splice(0).map((thread) => thread.stop()));
  }

  #choose(): EncoderThread {
    const alive = this.#threads.filter((thread) => thread.alive);
    const idlest = alive.toSorted((one, other) => one.streams - other.streams)[0];
    if (idlest && (idlest.streams === 0 || alive.length >= mostThreads)) return idlest;
    const thread = new EncoderThread(this.#options);
    this.#threads.splice(0, this.#threads.length, ...alive, thread);
    return thread;
  }
}

import { Worker } from "node:worker_threads";
import type { EncodedPacket, FrameToEncode } from "../frame-encoder.ts";
import type { FromThread, ToThread } from "./thread-messages.ts";

export interface EncoderThreadOptions {
  /** What the thread runs. */
  program: URL;
  /** Longer than any picture takes: then the thread hangs, and is ended. */
  longestMs: number;
}

interface Waiting {
  resolve: (encoded: EncodedPacket | null) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** One thread and what is asked of it. Whatever happens to it, every question is answered. */
export class EncoderThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #streams = new Set<number>();
  readonly #longestMs: number;
  #lastRequest = 0;
  #alive = true;

  constructor({ program, longestMs }: EncoderThreadOptions) {
    this.#longestMs = longestMs;
    this.#worker = new Worker(program, {
      name: "encoder",
      execArgv: ["--conditions=@attestream/source"],
      // Nothing that the process knows, such as its token, is needed there.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    this.#worker.on("message", (message: FromThread) => this.#settle(message));
    this.#worker.on("error", () => this.#die());
    this.#worker.on("exit", () => this.#die());
    // The process ends when its work is done, not when its threads are.
    this.#worker.unref();
  }

  get alive(): boolean {
    return this.#alive;
  }

  get streams(): number {
    return this.#streams.size;
  }

  enter(id: number): void {
    this.#streams.add(id);
  }

  leave(id: number): void {
    this.#streams.delete(id);
    this.#post({ type: "dispose", encoder: id });
  }

  encode(id: number, frame: FrameToEncode): Promise<EncodedPacket | null> {
    this.#lastRequest += 1;
    const request = this.#lastRequest;
    const { promise, resolve, reject } = Promise.withResolvers<EncodedPacket | null>();
    this.#waiting.set(request, { resolve, reject, timer: setTimeout(() => void this.stop(), this.#longestMs) });
    this.#post({ type: "encode", request, encoder: id, frame }, frame.image ? [frame.image.buffer] : []);
    return promise;
  }

  async stop(): Promise<void> {
    this.#die();
    await this.#worker.terminate();
  }

  #post(message: ToThread, given: ArrayBuffer[] = []): void {
    if (this.#alive) this.#worker.postMessage(message, given);
  }

  #settle(message: FromThread): void {
    const waiting = this.#take(message.request);
    if (message.type === "encoded") waiting?.resolve(message.encoded);
    else waiting?.reject(new Error("the picture could not be encoded"));
  }

  #die(): void {
    this.#alive = false;
    for (const request of this.#waiting.keys()) this.#take(request)?.reject(new Error("the encoder's thread ended"));
  }

  #take(request: number): Waiting | undefined {
    const waiting = this.#waiting.get(request);
    this.#waiting.delete(request);
    if (waiting) clearTimeout(waiting.timer);
    return waiting;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession } from "playwright";
import type { Logger } from "pino";
import { kindOf } from "../kind-of.ts";
import type { SourceFormat } from "./source-policy.ts";

export interface FrameMetadata {
  offsetTop: number;
  pageScaleFactor: number;
  deviceWidth: number;
  deviceHeight: number;
  scrollOffsetY: number;
}

export interface Capture {
  /** Null: as before. */
  image: Uint8Array<ArrayBuffer> | null;
  metadata: FrameMetadata;
  /** Lets the browser capture another. Says nothing any more once the capturing has ended. */
  acknowledge: () => void;
}

export interface CaptureSource {
  client: CDPSession;
  format: SourceFormat;
}

interface ScreencastFrame {
  data: string;
  sessionId: number;
  metadata: FrameMetadata;
}

const startAttempts = 20;
const startPauseMs = 100;
const jpegQuality = 60;

/** Starts and stops the browser's screencast, one command after the other; of several that wait the last counts. */
export class ScreencastCapture {
  readonly #onCapture: (capture: Capture) => void;
  readonly #log: Logger;
  #generation = 0;
  #commands: Promise<void> = Promise.resolve();
  #end: (() => Promise<void>) | null = null;

  constructor(options: { onCapture: (capture: Capture) => void; log: Logger }) {
    this.#onCapture = options.onCapture;
    this.#log = options.log;
  }

  /** From now on this is captured; null: nothing. Begun anew, a page at rest is captured once. */
  run(source: CaptureSource | null): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#commands = this.#commands.then(async () => {
      if (generation !== this.#generation) return;
      await this.#end?.();
      this.#end = null;
      if (source) await this.#begin(source, generation);
    });
    return this.#commands;
  }

  async #begin({ client, format }: CaptureSource, generation: number): Promise<void> {
    const onFrame = ({ data, sessionId, metadata }: ScreencastFrame) => {
      if (generation !== this.#generation) return;
      const acknowledge = () => {
        if (generation === this.#generation) void client.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
      };
      this.#onCapture({ image: fromBase64(data), metadata, acknowledge });
    };
    client.on("Page.screencastFrame", onFrame);
    this.#end = async () => {
      client.off("Page.screencastFrame", onFrame);
      await client.send("Page.stopScreencast").catch(() => {});
    };
    // Between two documents there is for a moment nothing to capture.
    for (let attempt = 1; generation === this.#generation; attempt += 1) {
      try {
        await client.send("Page.startScreencast", startParameters(format));
        return;
      } catch (error) {
        if (attempt === startAttempts) return this.#log.warn({ kind: kindOf(error) }, "the screencast did not start");
        await sleep(startPauseMs);
      }
    }
  }
}

/** `maxFramesInFlight` and `sendLastFrame` are newer than the protocol types; a browser without them ignores them. */
function startParameters(format: SourceFormat) {
  const quality = format === "jpeg" ? { quality: jpegQuality } : {};
  return { format, ...quality, maxFramesInFlight: 2, sendLastFrame: true };
}

/** In memory of its own, so that it can be handed to a thread. */
function fromBase64(data: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(data, "base64");
  return bytes.byteLength === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : Uint8Array.from(bytes);
}

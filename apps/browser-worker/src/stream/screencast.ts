import { setTimeout as sleep } from "node:timers/promises";
import { encodePacket } from "@attestream/shared/viewer-protocol";
import type { CDPSession } from "playwright";
import type { Logger } from "pino";
import { kindOf } from "../kind-of.ts";
import type { FrameEncoder } from "./frame-encoder.ts";
import { FrameWindow } from "./frame-window.ts";
import type { ViewGeometry } from "./view-geometry.ts";

export interface ScreencastOptions {
  encoder: FrameEncoder;
  send: (packet: Uint8Array) => void;
  /** Packet pixels and page pixels lie otherwise now; called after the packet was sent. */
  onGeometry: () => void;
  log: Logger;
}

const startAttempts = 20;
const startPauseMs = 100;

/**
 * Captures one page at a time while somebody looks. Frames go out as they come; the viewer's
 * acknowledgements let the browser capture the next. Commands are carried out one after the other.
 */
export class Screencast {
  readonly #options: ScreencastOptions;
  readonly #window = new FrameWindow();
  #client: CDPSession | null = null;
  #capturing: CDPSession | null = null;
  #wanted = false;
  #generation = 0;
  #geometry: ViewGeometry | null = null;
  #commands: Promise<void> = Promise.resolve();
  #frames: Promise<void> = Promise.resolve();

  constructor(options: ScreencastOptions) {
    this.#options = options;
  }

  /** Of the last frame sent. Null before the first. */
  get geometry(): ViewGeometry | null {
    return this.#geometry;
  }

  show(client: CDPSession): Promise<void> {
    this.#client = client;
    return this.#apply();
  }

  /** Begins, or begins anew: the next packet is a key packet, even of a page that does not move. */
  start(): Promise<void> {
    this.#wanted = true;
    return this.#apply();
  }

  stop(): Promise<void> {
    this.#wanted = false;
    return this.#apply();
  }

  acknowledge(seq: number): void {
    this.#window.acknowledge(seq);
  }

  #apply(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#commands = this.#commands.then(() =>
      generation === this.#generation ? this.#restart(generation) : undefined,
    );
    return this.#commands;
  }

  async #restart(generation: number): Promise<void> {
    const previous = this.#capturing;
    this.#capturing = null;
    if (previous) {
      previous.off("Page.screencastFrame", this.#onFrame);
      await previous.send("Page.stopScreencast").catch(() => {});
    }
    this.#window.clear();
    this.#options.encoder.reset();
    const client = this.#client;
    if (!this.#wanted || client === null) return;
    this.#capturing = client;
    client.on("Page.screencastFrame", this.#onFrame);
    // Between two documents there is for a moment nothing to capture.
    for (let attempt = 1; generation === this.#generation; attempt += 1) {
      try {
        await client.send("Page.startScreencast", startParameters(this.#options.encoder));
        return;
      } catch (error) {
        if (attempt === startAttempts)
          return this.#options.log.warn({ kind: kindOf(error) }, "the screencast did not start");
        await sleep(startPauseMs);
      }
    }
  }

  readonly #onFrame = (event: { data: string; sessionId: number; metadata: FrameMetadata }): void => {
    const client = this.#capturing;
    const generation = this.#generation;
    if (client === null) return;
    this.#frames = this.#frames
      .then(() => this.#emit(client, generation, event))
      .catch((error: unknown) =>
        this.#options.log.error({ kind: kindOf(error) }, "a screencast frame could not be sent"),
      );
  };

  async #emit(
    client: CDPSession,
    generation: number,
    event: { data: string; sessionId: number; metadata: FrameMetadata },
  ): Promise<void> {
    const acknowledge = () =>
      void client.send("Page.screencastFrameAck", { sessionId: event.sessionId }).catch(() => {});
    const { metadata } = event;
    const frame = await this.#options.encoder.encode({
      image: Buffer.from(event.data, "base64"),
      scrollOffsetY: metadata.scrollOffsetY,
    });
    if (generation !== this.#generation) return;
    if (frame === null) return acknowledge();
    const geometry: ViewGeometry = {
      packetWidth: frame.width,
      packetHeight: frame.height,
      deviceWidth: metadata.deviceWidth,
      deviceHeight: metadata.deviceHeight,
      pageScaleFactor: metadata.pageScaleFactor,
      offsetTop: metadata.offsetTop,
    };
    const moved = this.#geometry === null || !isSame(this.#geometry, geometry);
    this.#geometry = geometry;
    this.#options.send(encodePacket({ seq: this.#window.add(acknowledge), ...frame }));
    if (moved) this.#options.onGeometry();
  }
}

interface FrameMetadata {
  offsetTop: number;
  pageScaleFactor: number;
  deviceWidth: number;
  deviceHeight: number;
  scrollOffsetY: number;
}

/** `maxFramesInFlight` and `sendLastFrame` are newer than the protocol types; a browser without them ignores them. */
function startParameters(encoder: FrameEncoder) {
  return { ...encoder.source, maxFramesInFlight: 2, sendLastFrame: true };
}

function isSame(one: ViewGeometry, other: ViewGeometry): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

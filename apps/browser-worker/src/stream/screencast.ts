import type { CDPSession } from "playwright";
import type { Logger } from "pino";
import { kindOf } from "../kind-of.ts";
import type { EncodedPacket, FrameEncoder } from "./frame-encoder.ts";
import { FrameWindow } from "./frame-window.ts";
import { LinkMeter } from "./link-meter.ts";
import { MotionPace } from "./motion-pace.ts";
import { PulsePolicy, pulseMs } from "./pulse-policy.ts";
import { ScreencastCapture, type Capture, type FrameMetadata } from "./screencast-capture.ts";
import { SourcePolicy } from "./source-policy.ts";
import { geometryOf, isSameGeometry, type ViewGeometry } from "./view-geometry.ts";

export interface ScreencastOptions {
  encoder: FrameEncoder;
  send: (packet: Uint8Array) => void;
  /** By how much the page is magnified: device-independent pixels per CSS pixel. */
  magnification?: () => number;
  /** Packet pixels and page pixels lie otherwise now; called after the packet was sent. */
  onGeometry: () => void;
  /** Monotonic, milliseconds. */
  now: () => number;
  log: Logger;
}

/** No frame for so long, or for longer than frames usually take: the page is at rest. */
const restMs = 400;
const longestRestMs = 2_000;
const shortestRetryMs = 100;
const longestRetryMs = 3_000;

/**
 * Captures one page at a time while somebody looks. What the viewer has acknowledged decides what is
 * captured next: there are never more than two packets on their way, and a frame that must wait for room
 * is replaced by any later one.
 */
export class Screencast {
  readonly #options: ScreencastOptions;
  readonly #capture: ScreencastCapture;
  readonly #window: FrameWindow;
  readonly #link = new LinkMeter();
  readonly #source = new SourcePolicy();
  readonly #pulse: PulsePolicy;
  readonly #pace: MotionPace;
  #client: CDPSession | null = null;
  #wanted = false;
  /** Counts what makes frames that are under way void: another page, another format, a new beginning. */
  #generation = 0;
  #fresh = true;
  #latest: Capture | null = null;
  #lastChangeAt = 0;
  #restMs = restMs;
  #encoding = false;
  /** Of captures that are drawn, while the browser shall not capture more. */
  readonly #heldBack: (() => void)[] = [];
  #rough = false;
  #failures = 0;
  #scrolledTo = 0;
  #geometry: ViewGeometry | null = null;
  #timer: NodeJS.Timeout | undefined;
  #rest: NodeJS.Timeout | undefined;

  constructor(options: ScreencastOptions) {
    this.#options = options;
    this.#window = new FrameWindow(options.now);
    this.#pulse = new PulsePolicy(options.now);
    this.#pace = new MotionPace({ now: options.now, onFree: () => this.#goOn() });
    this.#capture = new ScreencastCapture({ onCapture: (capture) => this.#take(capture), log: options.log });
  }

  /** Of the last frame sent. Null before the first. */
  get geometry(): ViewGeometry | null {
    return this.#geometry;
  }

  show(client: CDPSession): Promise<void> {
    this.#client = client;
    this.#source.reset();
    return this.#restart();
  }

  /** For a new viewer, who has acknowledged nothing and has no picture. */
  start(): Promise<void> {
    this.#wanted = true;
    this.#window.clear();
    this.#pulse.noteInput();
    return this.#restart();
  }

  stop(): Promise<void> {
    this.#wanted = false;
    return this.#restart();
  }

  /** The same viewer needs the whole picture: it comes, even of a page that does not move, as soon as there is room. */
  refresh(): Promise<void> {
    this.#pulse.noteInput();
    return this.#restart();
  }

  /** The user does something: what the page answers must be seen at once. */
  noteInput(): void {
    const pulsing = this.#pulse.pulsing;
    this.#pulse.noteInput();
    this.#pace.noteInput();
    if (!pulsing) return;
    clearTimeout(this.#timer);
    void this.#run();
  }

  acknowledge(seq: number): void {
    const measured = this.#window.acknowledge(seq);
    if (measured) this.#link.note(measured);
    void this.#encodeLatest();
  }

  #restart(): Promise<void> {
    this.#generation += 1;
    this.#fresh = true;
    this.#latest = null;
    clearTimeout(this.#timer);
    this.#endRest();
    this.#pace.free();
    return this.#run();
  }

  #run(): Promise<void> {
    const client = this.#wanted ? this.#client : null;
    return this.#capture.run(client && { client, format: this.#source.format });
  }

  #take(capture: Capture): void {
    if (!this.#wanted) return;
    this.#latest?.acknowledge();
    this.#latest = capture;
    // In pulses the browser captures one frame, and then rests.
    if (this.#pulse.pulsing) void this.#capture.run(null);
    void this.#encodeLatest();
  }

  async #encodeLatest(): Promise<void> {
    const capture = this.#latest;
    if (capture === null || this.#encoding || this.#window.isFull || this.#pace.holds) return;
    const from = this.#options.now();
    const generation = this.#generation;
    this.#latest = null;
    this.#encoding = true;
    try {
      const encoded = await this.#encode(capture);
      if (generation === this.#generation) {
        this.#pace.notePicture(from, encoded.packet?.onlyMotion === true);
        this.#finish(capture, encoded);
      }
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    } finally {
      this.#encoding = false;
    }
    void this.#encodeLatest();
  }

  async #encode({ image, metadata }: Capture): Promise<{ packet: EncodedPacket | null; sourceBytes: number }> {
    const sourceBytes = image?.byteLength ?? 0;
    const scrolledBy = this.#pixelsScrolled(metadata);
    const fresh = this.#fresh;
    this.#fresh = false;
    const packet = await this.#options.encoder.encode({ seq: this.#window.nextSeq, image, scrolledBy, fresh });
    return { packet, sourceBytes };
  }

  #pixelsScrolled({ scrollOffsetY, pageScaleFactor }: FrameMetadata): number {
    const moved = this.#scrolledTo - scrollOffsetY;
    this.#scrolledTo = scrollOffsetY;
    const { packetHeight, deviceHeight } = this.#geometry ?? { packetHeight: 1, deviceHeight: 1 };
    const magnification = this.#options.magnification?.() ?? 1;
    return Math.round((moved * pageScaleFactor * magnification * packetHeight) / deviceHeight);
  }

  #finish(capture: Capture, { packet, sourceBytes }: { packet: EncodedPacket | null; sourceBytes: number }): void {
    this.#failures = 0;
    if (packet === null) capture.acknowledge();
    else this.#send(capture, packet);
    if (packet !== null) this.#rough = packet.rough;
    if (capture.image === null) {
      // As much as was sent has settled: more, as soon as there is room.
      if (packet?.rough) this.#latest ??= capture;
      return;
    }
    const pulsing = this.#pulse.pulsing;
    this.#pulse.noteFrame(packet !== null);
    if (packet !== null && this.#changesFormat(packet, sourceBytes)) return void this.#restart();
    clearTimeout(this.#timer);
    if (packet !== null) this.#noteChange();
    if (this.#pulse.pulsing) {
      if (!pulsing) void this.#capture.run(null);
      this.#timer = setTimeout(() => this.#nextPulse(), pulseMs);
    } else if (pulsing) void this.#run();
    else if (this.#source.format === "jpeg" || this.#rough) this.#awaitRest(capture.metadata);
  }

  /** Frames that show nothing new come of pages that rest, too. */
  #noteChange(): void {
    const now = this.#options.now();
    this.#restMs = Math.min(Math.max(restMs, (now - this.#lastChangeAt) * 3), longestRestMs);
    this.#lastChangeAt = now;
    this.#endRest();
  }

  #send(capture: Capture, { packet, width, height }: EncodedPacket): void {
    const geometry = geometryOf(capture.metadata, { width, height });
    const moved = this.#geometry === null || !isSameGeometry(this.#geometry, geometry);
    this.#geometry = geometry;
    this.#window.add(packet.byteLength, () => {
      if (this.#pace.holds) this.#heldBack.push(capture.acknowledge);
      else capture.acknowledge();
    });
    this.#options.send(packet);
    if (moved) this.#options.onGeometry();
  }

  #changesFormat({ packet, width, height, dirty, encodeMs }: EncodedPacket, sourceBytes: number): boolean {
    const before = this.#source.format;
    const cost = { dirty, sourceBytes, packetBytes: packet.byteLength, encodeMs };
    this.#source.noteFrame(cost, { pixels: width * height, bytesPerMs: this.#link.bytesPerMs });
    return this.#source.format !== before;
  }

  /** After a pause in which what moves by itself was left alone. */
  #goOn(): void {
    for (const acknowledge of this.#heldBack.splice(0)) acknowledge();
    void this.#encodeLatest();
  }

  #nextPulse(): void {
    // A viewer that is behind: the next picture would only wait.
    if (this.#window.isFull) this.#timer = setTimeout(() => this.#nextPulse(), pulseMs);
    else void this.#run();
  }

  /** What was lost while things moved is shown once they rest. */
  #awaitRest(metadata: FrameMetadata): void {
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined;
      if (this.#window.inFlight > 0 || this.#encoding) return this.#awaitRest(metadata);
      if (this.#source.format === "jpeg") {
        this.#source.noteRest();
        return void this.#restart();
      }
      this.#latest ??= { image: null, metadata, acknowledge: () => {} };
      void this.#encodeLatest();
    }, this.#restMs);
  }

  #endRest(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  /** The encoder lost the frame. A page at rest would not show another: it is captured anew. */
  #fail(error: unknown): void {
    this.#failures += 1;
    this.#options.log.error({ kind: kindOf(error) }, "a screencast frame could not be encoded");
    this.#fresh = true;
    void this.#capture.run(null);
    clearTimeout(this.#timer);
    this.#endRest();
    const pause = Math.min(shortestRetryMs * 2 ** (this.#failures - 1), longestRetryMs);
    this.#timer = setTimeout(() => void this.#restart(), pause);
  }
}

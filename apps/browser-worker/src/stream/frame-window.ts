/** A packet on its way. */
interface Sent {
  seq: number;
  bytes: number;
  sentAt: number;
  alone: boolean;
  onDrawn: () => void;
}

/** How long a packet took. */
export interface Delivery {
  bytes: number;
  tookMs: number;
  /** Nothing was on the way before it: the way itself, there and back, is part of the time. */
  alone: boolean;
}

/** At most so many packets are on their way to the viewer's eye. */
const mostInFlight = 2;

/**
 * Which packets the viewer has not drawn yet. The browser keeps at most two frames on the way and captures
 * the next only when one is acknowledged, so the viewer's pace is the capturer's: nothing queues up in
 * between, and what is captured next is always the latest.
 */
export class FrameWindow {
  #lastSeq = 0;
  #lastDrawnAt = 0;
  readonly #now: () => number;
  readonly #sent: Sent[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get inFlight(): number {
    return this.#sent.length;
  }

  get isFull(): boolean {
    return this.#sent.length >= mostInFlight;
  }

  /** Of the packet that is sent next. Runs on across restarts of the capture. */
  get nextSeq(): number {
    return this.#lastSeq === 0xffff_ffff ? 1 : this.#lastSeq + 1;
  }

  /** The packet with `nextSeq` goes out. */
  add(bytes: number, onDrawn: () => void): void {
    this.#lastSeq = this.nextSeq;
    this.#sent.push({ seq: this.#lastSeq, bytes, sentAt: this.#now(), alone: this.#sent.length === 0, onDrawn });
  }

  /**
   * The viewer has drawn this packet and all before it. An unknown number changes nothing. Tells what the
   * packet took, from when the way was free for it.
   */
  acknowledge(seq: number): Delivery | null {
    const index = this.#sent.findIndex((packet) => packet.seq === seq);
    if (index === -1) return null;
    const drawn = this.#sent.splice(0, index + 1);
    for (const packet of drawn) packet.onDrawn();
    const now = this.#now();
    const [packet] = drawn;
    const from = packet === undefined || packet.alone ? packet?.sentAt : this.#lastDrawnAt;
    this.#lastDrawnAt = now;
    if (packet === undefined || from === undefined || drawn.length > 1) return null;
    return { bytes: packet.bytes, tookMs: now - from, alone: packet.alone };
  }

  /** The viewer is another: acknowledgements of what the one before got mean nothing any more. */
  clear(): void {
    this.#sent.length = 0;
  }
}

import { Transform, type TransformCallback } from "node:stream";

/** What one session's browser may take of the net. Beyond it its connections are refused or slowed down; the session goes on. */
export interface EgressLimits {
  /** Open, or being opened, at once. */
  connections: number;
  /** New ones; twice as many may come in one burst. */
  connectionsPerSecond: number;
  /** Both ways together; more is slowed down. */
  bytesPerSecond: number;
  /** Both ways together, over the whole session. */
  bytes: number;
  /** A connection over which nothing goes for so long is closed. */
  idleMs: number;
}

export const defaultEgressLimits: EgressLimits = {
  connections: 128,
  connectionsPerSecond: 100,
  bytesPerSecond: 16 * 2 ** 20,
  bytes: 2 * 2 ** 30,
  idleMs: 120_000,
};

export type LimitRefusal = "too many connections" | "too many new connections" | "too many bytes";

/** A bucket that fills up steadily and holds so much at most. */
export function createBucket(options: { perSecond: number; most: number; now: () => number }) {
  const { perSecond, most, now } = options;
  let level = most;
  let filledAt = now();
  const fill = () => {
    const at = now();
    level = Math.min(most, level + ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
  };
  return {
    /** False, and nothing taken, where there is not so much. */
    tryTake(amount: number): boolean {
      fill();
      if (level < amount) return false;
      level -= amount;
      return true;
    },
    /** Takes it in any case; the milliseconds after which it would have been there. */
    take(amount: number): number {
      fill();
      level -= amount;
      return level >= 0 ? 0 : Math.ceil((-level / perSecond) * 1000);
    },
  };
}

/** Keeps one session's connections within its limits, and counts them. */
export class EgressMeter {
  readonly limits: EgressLimits;
  readonly #rate: ReturnType<typeof createBucket>;
  readonly #bandwidth: ReturnType<typeof createBucket>;
  #open = 0;
  #opened = 0;
  #bytesUp = 0;
  #bytesDown = 0;

  constructor(limits: EgressLimits, now: () => number) {
    this.limits = limits;
    this.#rate = createBucket({
      perSecond: limits.connectionsPerSecond,
      most: 2 * limits.connectionsPerSecond,
      now,
    });
    this.#bandwidth = createBucket({ perSecond: limits.bytesPerSecond, most: limits.bytesPerSecond, now });
  }

  get counts(): { connections: number; bytesUp: number; bytesDown: number } {
    return { connections: this.#opened, bytesUp: this.#bytesUp, bytesDown: this.#bytesDown };
  }

  /** Null: there is room for one more; `leave` when it has gone. */
  enter(): LimitRefusal | null {
    if (this.#isSpent) return "too many bytes";
    if (this.#open >= this.limits.connections) return "too many connections";
    if (!this.#rate.tryTake(1)) return "too many new connections";
    this.#open += 1;
    this.#opened += 1;
    return null;
  }

  leave(): void {
    this.#open -= 1;
  }

  /** What goes through is counted, and slowed down to the bandwidth. With the last byte of the session's share it ends in `onSpent`, and lets nothing through. */
  pass(direction: "up" | "down", onSpent: () => void): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done: TransformCallback) => {
        if (direction === "up") this.#bytesUp += chunk.length;
        else this.#bytesDown += chunk.length;
        if (this.#isSpent) return onSpent();
        const waitMs = this.#bandwidth.take(chunk.length);
        if (waitMs === 0) done(null, chunk);
        else setTimeout(done, waitMs, null, chunk).unref();
      },
    });
  }

  get #isSpent(): boolean {
    return this.#bytesUp + this.#bytesDown > this.limits.bytes;
  }
}

import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

export type TunnelEnd = "viewer" | "worker" | "idle" | "gateway";

export interface TunnelStats {
  endedBy: TunnelEnd;
  bytesToViewer: number;
  bytesToWorker: number;
}

export interface TunnelOptions {
  /** The worker must say something within this time. */
  answerMs: number;
  /** Nothing moved in either direction for so long: the other end is gone. The worker pings every 10 s. */
  idleMs: number;
  /** What one side said before it ended is still delivered within this time; then both are destroyed. */
  lingerMs: number;
  onClosed(stats: TunnelStats): void;
}

/** Two raw sockets, joined. Bytes are not looked at; a slow reader slows the writer down. */
export class Tunnel {
  readonly #viewer: Duplex;
  readonly #worker: Socket;
  readonly #options: TunnelOptions;
  #endedBy: TunnelEnd | null = null;
  #linger: NodeJS.Timeout | undefined;
  #open = 2;

  /** Both sockets must be open still. */
  constructor(viewer: Duplex, worker: Socket, options: TunnelOptions) {
    this.#viewer = viewer;
    this.#worker = worker;
    this.#options = options;
    this.#watch(viewer, "viewer");
    this.#watch(worker, "worker");
    worker.setTimeout(options.answerMs, () => this.#destroy("idle"));
    worker.once("data", () => worker.setTimeout(options.idleMs));
    viewer.pipe(worker);
    worker.pipe(viewer);
  }

  /** Lets what is under way arrive, then closes both sides. */
  close(): void {
    if (this.#endedBy !== null) return;
    this.#finish("gateway");
    this.#viewer.end();
    this.#worker.end();
  }

  #watch(side: Duplex, name: "viewer" | "worker"): void {
    const other = name === "viewer" ? this.#worker : this.#viewer;
    // `close` follows; a reset is one more way to end.
    side.on("error", () => this.#finish(name));
    side.once("end", () => this.#finish(name));
    side.once("close", () => {
      this.#finish(name);
      // No half-open pairs: the other side gets what is left for it, and what it still says goes nowhere.
      if (!other.writableEnded) other.end();
      other.resume();
      this.#open -= 1;
      if (this.#open === 0) this.#closed();
    });
  }

  #finish(endedBy: TunnelEnd): void {
    this.#endedBy ??= endedBy;
    this.#linger ??= setTimeout(() => this.#destroy(endedBy), this.#options.lingerMs);
  }

  #destroy(endedBy: TunnelEnd): void {
    this.#endedBy ??= endedBy;
    this.#viewer.destroy();
    this.#worker.destroy();
  }

  #closed(): void {
    clearTimeout(this.#linger);
    this.#options.onClosed({
      endedBy: this.#endedBy ?? "gateway",
      bytesToViewer: this.#worker.bytesRead,
      bytesToWorker: this.#worker.bytesWritten,
    });
  }
}

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface LinkShape {
  /** Bits per second in each direction; null: as fast as it goes. */
  bitsPerSecond: number | null;
  /** In each direction: half a round trip. */
  delayMs: number;
}

export const unlimited: LinkShape = { bitsPerSecond: null, delayMs: 0 };

/** What a bottleneck holds before its sender feels it: as a home router, some 100 ms at 5 Mbit/s. */
const queueBytes = 64 * 1024;
/** One Ethernet packet: the grain in which bytes leave. */
const packetBytes = 1_460;

/**
 * A TCP line of a given rate and delay, in this process: listens, connects on, and moves the bytes late. Beyond
 * the queue it stops reading, so that the sender's TCP feels the bottleneck. It does not lose packets.
 */
export class ShapedLink implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Of the connections that come from now on. */
  shape: LinkShape;
  #target: number | null = null;

  private constructor(server: Server, shape: LinkShape) {
    this.#server = server;
    this.shape = shape;
    server.on("connection", (near) => this.#join(near));
  }

  static async listen(shape: LinkShape): Promise<ShapedLink> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ShapedLink(server, shape);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Port on this machine to which connections go on; may be known later than our own. */
  leadTo(port: number): void {
    this.#target = port;
  }

  #join(near: Socket): void {
    if (this.#target === null) return void near.destroy();
    const far = connect({ port: this.#target, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        if (!socket.readableEnded) other.destroy();
      });
      carry(socket, other, this.shape);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** One direction. Each packet has a time at which its last bit has left the bottleneck, and arrives a delay later. */
function carry(from: Socket, to: Socket, { bitsPerSecond, delayMs }: LinkShape): void {
  const waiting: { packet: Buffer | null; at: number }[] = [];
  let held = 0;
  let free = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function deliver(): void {
    timer = undefined;
    for (let next = waiting[0]; next !== undefined && next.at <= performance.now(); next = waiting[0]) {
      waiting.shift();
      if (next.packet === null) to.end();
      else {
        held -= next.packet.length;
        if (!to.destroyed) to.write(next.packet);
      }
    }
    if (held < limit && from.isPaused()) from.resume();
    plan();
  }

  function plan(): void {
    const next = waiting[0];
    if (next === undefined || timer !== undefined) return;
    timer = setTimeout(deliver, Math.max(0, next.at - performance.now()));
  }

  // What is in flight over the delay is not in the queue.
  const limit = queueBytes + (bitsPerSecond === null ? 2 ** 24 : (bitsPerSecond / 8_000) * delayMs);
  const timeOf = (bytes: number) => (bitsPerSecond === null ? 0 : (bytes * 8_000) / bitsPerSecond);
  const add = (packet: Buffer | null) => {
    free = Math.max(free, performance.now()) + timeOf(packet?.length ?? 0);
    held += packet?.length ?? 0;
    waiting.push({ packet, at: free + delayMs });
  };

  from.on("data", (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += packetBytes) add(chunk.subarray(at, at + packetBytes));
    if (held >= limit) from.pause();
    plan();
  });
  from.on("end", () => {
    add(null);
    plan();
  });
  to.on("close", () => clearTimeout(timer));
}

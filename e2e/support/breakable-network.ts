import { createServer, connect, type AddressInfo, type Socket } from "node:net";

/** A way to a port of this machine that can be cut and mended, as a network is: no goodbye, and no way in meanwhile. */
export class BreakableNetwork implements AsyncDisposable {
  readonly port: number;
  readonly #close: () => Promise<void>;
  readonly #sockets: Set<Socket>;
  readonly #state: { broken: boolean };

  private constructor(port: number, sockets: Set<Socket>, state: { broken: boolean }, close: () => Promise<void>) {
    this.port = port;
    this.#sockets = sockets;
    this.#state = state;
    this.#close = close;
  }

  static async to(target: number): Promise<BreakableNetwork> {
    const sockets = new Set<Socket>();
    const state = { broken: false };
    const server = createServer((near) => {
      if (state.broken) return void near.resetAndDestroy();
      const far = connect(target, "127.0.0.1");
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    return new BreakableNetwork(port, sockets, state, async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    });
  }

  /** Every connection ends at once, and no new one comes through. */
  break(): void {
    this.#state.broken = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#state.broken = false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** A free port that nobody else gets until it is let go. */
export interface ReservedPort extends AsyncDisposable {
  port: number;
  release(): Promise<void>;
}

export async function reservePort(): Promise<ReservedPort> {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const release = async () => {
    if (server.listening) await once(server.close(), "close");
  };
  return { port, release, [Symbol.asyncDispose]: release };
}

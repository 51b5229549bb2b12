import { connect, type Socket } from "node:net";

const connectTimeoutMs = 10_000;

/** Connects to an address that was checked; never to a name, which could lead elsewhere when it is asked again. Rejects within 10 s. */
export function dialAddress(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: connectTimeoutMs });
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("timeout", () => socket.destroy(new Error("timed out")));
    socket.once("error", reject);
  });
}

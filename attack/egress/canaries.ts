import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { hasOwnNetwork } from "../network/own-network.ts";

/** Internal addresses as a page may name them: loopback twice, private, link-local, IPv6 loopback and local. */
export const internalHosts = hasOwnNetwork()
  ? ["127.0.0.1", "127.0.0.53", "10.99.77.1", "169.254.169.254", "[::1]", "[fd00:a77::1]"]
  : ["127.0.0.1", "[::1]"];

/** Nobody is to come here. */
export interface Canaries extends AsyncDisposable {
  ports: Readonly<Record<string, number>>;
  /** name -> what came to its port, one entry for each connection or packet: `tcp 10.99.77.1`. */
  touches: Map<string, string[]>;
}

/** For each name a port on which connections and packets are counted, on all addresses there are. */
export async function startCanaries(names: readonly string[]): Promise<Canaries> {
  await using undo = new AsyncDisposableStack();
  const touches = new Map<string, string[]>();
  const ports: Record<string, number> = {};
  for (const name of names) {
    const touch = (what: string) => void touches.set(name, [...(touches.get(name) ?? []), what]);
    ports[name] = await listenOnFreePort(touch, undo);
  }
  const life = undo.move();
  return { ports, touches, [Symbol.asyncDispose]: () => life.disposeAsync() };
}

async function listenOnFreePort(touch: (what: string) => void, undo: AsyncDisposableStack): Promise<number> {
  // In a network of its own all addresses in the world are this machine's.
  const [first, ...others] = hasOwnNetwork() ? ["::"] : ["127.0.0.1", "::1"];
  const { port } = await listenTcp(first ?? "::", 0, touch, undo);
  for (const host of others) await listenTcp(host, port, touch, undo);
  for (const host of [first ?? "::", ...others]) await listenUdp(host, port, touch, undo);
  return port;
}

async function listenTcp(
  host: string,
  port: number,
  touch: (what: string) => void,
  undo: AsyncDisposableStack,
): Promise<AddressInfo> {
  const server: Server = createServer((socket) => {
    touch(`tcp ${socket.localAddress?.replace("::ffff:", "")}`);
    socket.on("error", () => {});
    socket.destroy();
  });
  server.listen(port, host);
  await once(server, "listening");
  undo.defer(() => void server.close());
  return server.address() as AddressInfo;
}

async function listenUdp(
  host: string,
  port: number,
  touch: (what: string) => void,
  undo: AsyncDisposableStack,
): Promise<void> {
  const socket: UdpSocket = createSocket(host.includes(":") ? "udp6" : "udp4");
  socket.on("message", (_packet, { address }) => touch(`udp from ${address}`));
  socket.bind(port, host);
  await once(socket, "listening");
  undo.defer(() => void socket.close());
}

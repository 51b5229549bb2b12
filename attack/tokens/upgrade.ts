import { WebSocket } from "ws";

export interface Handshake {
  url: string;
  protocols: string[];
  origin?: string | undefined;
  headers?: Record<string, string>;
}

/** The HTTP status that a WebSocket handshake is answered with; 101 when it was let in, 0 when the line was cut. */
export async function upgradeStatus({ url, protocols, origin, headers = {} }: Handshake): Promise<number> {
  const socket = new WebSocket(url, protocols, { ...(origin === undefined ? {} : { origin }), headers });
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
  socket.on("open", () => resolve(101));
  socket.on("error", () => resolve(0));
  const status = await promise;
  socket.terminate();
  return status;
}

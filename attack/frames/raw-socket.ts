import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An open WebSocket as a bare line, to say on it what no library would. Throws when the handshake is refused. */
export async function openRaw(url: string, headers: Record<string, string>): Promise<Socket> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  const lines = {
    Host: `${hostname}:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...headers,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`);
  socket.write([`GET ${pathname} HTTP/1.1`, ...head, "", ""].join("\r\n"));
  const [answer] = (await Promise.race([once(socket, "data"), once(socket, "close").then(() => ["cut off"])])) as [
    Buffer | string,
  ];
  if (!String(answer).startsWith("HTTP/1.1 101")) {
    socket.destroy();
    throw new Error(`the handshake was answered with ${String(answer).split("\r\n")[0]}`);
  }
  // What the other end says is not read, and must not be kept either.
  socket.resume();
  return socket;
}

/** Says all of it, and waits until the other end has closed. */
export async function pour(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  const closed = once(socket, "close");
  socket.end(Buffer.concat(pieces));
  const late = setTimeout(() => socket.destroy(), 5_000);
  await closed;
  clearTimeout(late);
}

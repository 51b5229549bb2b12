import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, it } from "vitest";
import { listen, type Listener } from "./listen.ts";

let listener: Listener;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener.close(100);
});

/** A server with small limits that answers when it has the whole request. */
async function start(limits: Partial<Parameters<typeof listen>[2]> = {}): Promise<void> {
  listener = await listen("127.0.0.1", 0, { maxConnections: 1_000, ...limits });
  listener.serve(
    (request, response) => void request.resume().on("end", () => response.end("whole")),
    (_request, socket) => void socket.end(),
  );
}

async function open(first = ""): Promise<Socket> {
  const socket = connect(listener.port, "127.0.0.1").on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  if (first !== "") socket.write(first);
  return socket;
}

const ask = async () => (await fetch(`http://127.0.0.1:${listener.port}/`)).text();
/** What the server said until it closed. */
async function told(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  // Not by `once`, which ends with the error of a write that crossed the server's close: the close comes after it.
  if (!socket.closed) await new Promise((resolve) => socket.on("close", resolve));
  return text;
}

it("holds the limits that are documented, and Node's connections to them", async () => {
  await start();
  expect(listener.server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, maxConnections: 1_000 });
});

it("ends requests that drip, and answers others meanwhile", async () => {
  await start({ headersTimeoutMs: 1_000, requestTimeoutMs: 2_000 });
  const kinds = [
    ["", ""],
    ["GET / HTTP/1.1\r\nHost: localhost\r\n", "x"],
    ["GET /session/1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", "x"],
    ["POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", "1"],
  ] as const;
  const dripping = await Promise.all(
    Array.from({ length: 400 }, async (_, index) => {
      const [first = "", drop = ""] = kinds[index % kinds.length] ?? [];
      const socket = await open(first);
      const timer = drop === "" ? undefined : setInterval(() => socket.write(drop), 100);
      return { socket, said: told(socket).finally(() => clearInterval(timer)) };
    }),
  );
  for (let time = 0; time < 20; time++) expect(await ask()).toBe("whole");
  // Nothing is waited for here but the server's own decision.
  const said = await Promise.all(dripping.map(({ said: all }) => all));
  expect(said.filter((text) => text !== "" && !text.startsWith("HTTP/1.1 408"))).toEqual([]);
});

it("lets nobody in beyond the limit, and then lets go of those that only hold on", async () => {
  let timesTold = 0;
  await start({ maxConnections: 20, onFull: () => timesTold++ });
  const idle = await Promise.all(Array.from({ length: 20 }, () => open("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")));
  await Promise.all(idle.map((socket) => once(socket, "data")));
  const late = await open();
  late.resume();
  await once(late, "close");
  expect(await ask()).toBe("whole");
  expect(timesTold).toBe(1);
});

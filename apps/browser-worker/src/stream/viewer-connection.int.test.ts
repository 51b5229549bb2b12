import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { viewerCloseCodes } from "@attestream/shared/viewer-protocol";
import { afterEach, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { ViewerConnection } from "./viewer-connection.ts";

const mebibyte = 1024 * 1024;
let undo = new DisposableStack();
afterEach(() => {
  undo.dispose();
  undo = new DisposableStack();
});

/** A viewer's socket, and the worker's end of it. */
async function connect() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  undo.defer(() => server.close());
  const viewer = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  undo.defer(() => viewer.terminate());
  const [[socket]] = (await Promise.all([once(server, "connection"), once(viewer, "open")])) as [[WebSocket], unknown];
  const seal = { seal: (message: Uint8Array) => message, open: async (sealed: Uint8Array) => sealed };
  const connection = new ViewerConnection(socket, { viewerId: "v1", turn: 0 }, seal);
  return { viewer, socket, connection };
}

it.each([
  ["pictures", (connection: ViewerConnection) => connection.sendPacket(new Uint8Array(mebibyte))],
  ["words", (connection: ViewerConnection) => connection.send({ type: "copied", text: "x".repeat(100_000) })],
])(
  "a viewer that stops reading is closed before %s fill the memory, and hears why when it reads on",
  async (_what, send) => {
    const { viewer, socket, connection } = await connect();
    const closed = once(viewer, "close");
    viewer.pause();
    let most = 0;
    for (let sent = 0, after = 0; sent < 2_000 && after < 20; sent += 1) {
      send(connection);
      most = Math.max(most, socket.bufferedAmount);
      if (socket.readyState !== WebSocket.OPEN) after += 1;
      // So that the kernel takes what it will.
      else if (sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(socket.readyState).not.toBe(WebSocket.OPEN);
    expect(most).toBeLessThan(10 * mebibyte);
    viewer.resume();
    const [code] = (await closed) as [number];
    expect(code).toBe(viewerCloseCodes.overrun);
  },
);

it("a viewer that never reads again is let go all the same", async () => {
  const { viewer, socket, connection } = await connect();
  const closed = once(socket, "close");
  viewer.pause();
  while (socket.readyState === WebSocket.OPEN) connection.sendPacket(new Uint8Array(mebibyte));
  await closed;
  expect(socket.bufferedAmount).toBe(0);
});

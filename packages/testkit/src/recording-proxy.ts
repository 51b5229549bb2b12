import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** One connection that went through, as far as it has come. */
export interface ProxiedConnection {
  /** As the client named it to CONNECT; the target's where the proxy only forwards. */
  host: string;
  port: number;
  sent: Buffer[];
  received: Buffer[];
}

export interface RecordingProxy extends AsyncDisposable {
  port: number;
  connections: ProxiedConnection[];
}

/**
 * A proxy that keeps what passes through it. With `target` it forwards everything there; without, it speaks CONNECT, and
 * dials 127.0.0.1 whatever the name.
 */
export async function startRecordingProxy(target?: { host: string; port: number }): Promise<RecordingProxy> {
  const connections: ProxiedConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    keep(client);
    if (target !== undefined) return forward(client, target);
    let head = "";
    client.on("data", function readHead(chunk: Buffer) {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      client.off("data", readHead);
      const [, host, port] = /^CONNECT ([^ ]+):([0-9]+) /.exec(head) ?? [];
      if (host === undefined || port === undefined) return client.destroy();
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      return forward(client, { host, port: Number(port) });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };

  function forward(client: Socket, { host, port }: { host: string; port: number }): void {
    const connection: ProxiedConnection = { host, port, sent: [], received: [] };
    connections.push(connection);
    const upstream = connect({ host: "127.0.0.1", port });
    keep(upstream);
    client.on("data", (chunk: Buffer) => connection.sent.push(chunk));
    upstream.on("data", (chunk: Buffer) => connection.received.push(chunk));
    client.pipe(upstream);
    upstream.pipe(client);
  }

  function keep(socket: Socket): void {
    sockets.add(socket);
    // What breaks off has been recorded as far as it came; the other end is told by its own end.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  }
}

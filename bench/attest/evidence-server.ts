import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect, rootCertificates } from "node:tls";
import { brotliCompressSync } from "node:zlib";
import { issueCertificate, startRecordingProxy, type RecordingProxy } from "@attestream/testkit";

export const serverName = "bank.example";
export const target = "/accounts";

/** An https server with a chain of three, behind a proxy that records. */
export interface EvidenceServer extends AsyncDisposable {
  proxy: RecordingProxy;
  /** As long a list as a system has; the server's root is the last. */
  roots: readonly string[];
  /** The body as it is before it is compressed. */
  body: string;
}

export async function startEvidenceServer(): Promise<EvidenceServer> {
  await using undo = new AsyncDisposableStack();
  const root = await issueCertificate({ name: "Bench Root", authority: {} });
  const between = await issueCertificate({ name: "Bench CA", issuer: root, authority: {} });
  const leaf = await issueCertificate({ name: "leaf", issuer: between, hosts: [serverName] });
  const body = JSON.stringify(
    Array.from({ length: 200 }, (_, index) => ({
      id: index,
      booked: "2026-11-02",
      amount: `${index * 13}.20`,
      text: `Transfer ${index}`,
    })),
  );
  const compressed = brotliCompressSync(body);
  const server = createServer({ cert: `${leaf.pem}\n${between.pem}`, key: leaf.key }, (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.setHeader("content-encoding", "br");
    response.end(compressed);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const proxy = undo.use(await startRecordingProxy({ host: "127.0.0.1", port }));
  const life = undo.move();
  return { proxy, body, roots: [...rootCertificates, root.pem], [Symbol.asyncDispose]: () => life.disposeAsync() };
}

export interface PlainFetch {
  sent: Buffer;
  received: Buffer;
  /** As the proxy had them. */
  chunks: { sent: readonly Buffer[]; received: readonly Buffer[] };
  keyLog: string[];
}

/** One request over a connection of its own, as Node does it. */
export async function fetchPlain({ proxy, roots }: EvidenceServer): Promise<PlainFetch> {
  const keyLog: string[] = [];
  const socket = connect({ port: proxy.port, host: "127.0.0.1", servername: serverName, ca: roots.slice(-1) });
  socket.on("keylog", (line: Buffer) => keyLog.push(line.toString("latin1").trimEnd()));
  await once(socket, "secureConnect");
  socket.write(
    `GET ${target} HTTP/1.1\r\nhost: ${serverName}\r\naccept: application/json\r\nconnection: close\r\n\r\n`,
  );
  socket.resume();
  await once(socket, "end");
  const recorded = proxy.connections.pop();
  if (recorded === undefined) throw new Error("the proxy has recorded nothing");
  const { sent, received } = recorded;
  return { sent: Buffer.concat(sent), received: Buffer.concat(received), chunks: { sent, received }, keyLog };
}

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { createReplayClient } from "../replay/create-replay-client.ts";
import type { ReplayClient, ReplayClientKeys, ReplayRequest } from "../replay/replay-types.ts";
import type { RecordedConnection, ServerSecrets } from "../recorded-connection.ts";
import { serverName } from "./chains.ts";

export interface Replayed {
  connection: RecordedConnection;
  secrets: ServerSecrets;
  keys: ReplayClientKeys;
  response: NonNullable<ReplayClient["response"]>;
}

/** Asks a server on loopback once, and records it. */
export async function runReplay(port: number, roots: readonly string[], asked: ReplayRequest): Promise<Replayed> {
  const client = createReplayClient({ serverName, roots, now: new Date(), random: randomBytes });
  const [sent, received]: [Uint8Array[], Uint8Array[]] = [[], []];
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const send = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    sent.push(bytes);
    socket.write(bytes);
  };
  try {
    send(client.start());
    for await (const chunk of socket) {
      received.push(chunk as Buffer);
      send(client.receive(chunk as Buffer));
      if (client.state === "ready") send(client.request(asked));
      if (client.state === "answered") break;
    }
    if (client.state !== "answered") client.end();
  } finally {
    socket.destroy();
  }
  const { serverSecrets, clientKeys, response } = client;
  if (serverSecrets === null || clientKeys === null || response === null) throw new Error("it has not been answered");
  const connection = { serverName, sent: Buffer.concat(sent), received: Buffer.concat(received) };
  return { connection, secrets: serverSecrets, keys: clientKeys, response };
}

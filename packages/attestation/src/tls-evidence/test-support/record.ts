import { recordTls, type RecordTlsOptions, type TlsRecording } from "@attestream/testkit";
import { parseKeyLogLine } from "../key-log.ts";
import type { ServerSecrets } from "../recorded-connection.ts";
import { serverName, type TestChain } from "./chains.ts";

/** The two secrets that are disclosed, out of a key log. */
export function serverSecretsOf(keyLog: readonly string[], clientRandom?: string): ServerSecrets {
  const find = (label: string) => {
    const lines = keyLog.map(parseKeyLogLine).filter((line) => line?.label === label);
    const line = lines.find((one) => clientRandom === undefined || one?.clientRandom === clientRandom);
    if (line === undefined || line === null) throw new Error(`the key log has no ${label}`);
    return line.secret;
  };
  return { handshake: find("SERVER_HANDSHAKE_TRAFFIC_SECRET"), application: find("SERVER_TRAFFIC_SECRET_0") };
}

export interface Recorded {
  connection: TlsRecording;
  secrets: ServerSecrets;
}

/** A connection on which the server answers with these bytes and closes. */
export async function recordAnswer(
  chain: TestChain,
  answer: Uint8Array | string,
  options: Partial<Pick<RecordTlsOptions, "server" | "client" | "serve" | "onSession">> & { version?: "1.2" } = {},
): Promise<Recorded> {
  const connection = await recordTls({
    server: { cert: chain.cert, key: chain.key, ALPNProtocols: ["http/1.1"], ...options.server },
    client: { servername: serverName, ca: chain.root.pem, ALPNProtocols: ["http/1.1"], ...options.client },
    request: `GET / HTTP/1.1\r\nhost: ${serverName}\r\n\r\n`,
    ...(options.onSession === undefined ? {} : { onSession: options.onSession }),
    serve: options.serve ?? ((socket) => void socket.once("data", () => socket.end(answer))),
  });
  const none = { handshake: new Uint8Array(), application: new Uint8Array() };
  return { connection, secrets: options.version === "1.2" ? none : serverSecretsOf(connection.keyLog) };
}

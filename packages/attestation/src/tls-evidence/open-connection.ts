import { createHash } from "node:crypto";
import { checkChain } from "./certificate/check-chain.ts";
import { readClientStream, type ClientStream } from "./client-stream.ts";
import type { OpenedConnection, OpenOptions } from "./opened-connection.ts";
import type { RecordedConnection, ServerSecrets } from "./recorded-connection.ts";
import { ServerStream } from "./server-stream.ts";
import type { ServerFlight } from "./handshake/server-handshake.ts";
import { TlsEvidenceRefused } from "./tls-refusal.ts";

/**
 * Opens what the server sent, and checks that it was this server: its certificate leads to a root, is for the name, and
 * its key has signed this very handshake. Throws TlsEvidenceRefused.
 */
export function openConnection(
  connection: RecordedConnection,
  secrets: ServerSecrets,
  options: OpenOptions,
): OpenedConnection {
  return openBothSides(connection, secrets, options).opened;
}

/** The same, with what else the recording shows. */
export function openBothSides(
  { serverName, sent, received }: RecordedConnection,
  secrets: ServerSecrets,
  { roots, now }: OpenOptions,
): { opened: OpenedConnection; client: ClientStream; flight: ServerFlight } {
  const client = readClientStream(sent, serverName);
  const server = new ServerStream(client.hellos, {
    handshake: () => secrets.handshake,
    application: () => secrets.application,
  });
  server.push(received);
  const { flight } = server;
  if (client.wrong !== null) throw client.wrong;
  if (flight === null) throw new TlsEvidenceRefused("truncated");
  const chain = checkChain({ certificates: flight.certificates, serverName, roots, now });
  const opened: OpenedConnection = {
    version: "1.3",
    cipher: flight.suite.name,
    alpn: flight.alpn,
    clientRandom: Uint8Array.from(client.hellos[0].random),
    certificate: {
      leafSpkiSha256: sha256(chain.leafSpki),
      chainSha256: chain.certificates.map(({ raw }) => sha256(raw)),
      notAfter: chain.leaf.validToDate,
    },
    transcript: { sentSha256: sha256(sent), receivedSha256: sha256(received) },
    plaintext: server.data,
    closed: server.closed,
  };
  return { opened, client, flight };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

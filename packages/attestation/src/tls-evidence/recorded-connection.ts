import { createHash } from "node:crypto";

/** The raw bytes of one TCP connection as a proxy sees them, TLS records included. */
export interface RecordedConnection {
  /** The name that was dialled, as the client gives it: a DNS name in A-labels, or an IP address. */
  serverName: string;
  /** Client to server. */
  sent: Uint8Array;
  /** Server to client. */
  received: Uint8Array;
}

/** SERVER_HANDSHAKE_TRAFFIC_SECRET and SERVER_TRAFFIC_SECRET_0: they open what the server sent and nothing else. */
export interface ServerSecrets {
  handshake: Uint8Array;
  application: Uint8Array;
}

const commitmentDomain = "attestream tls-evidence server secrets 1\0";

/**
 * What is told of the secrets before the client's request goes out. Who knows the answer already could look for
 * other secrets under which it reads differently.
 */
export function hashSecrets({ handshake, application }: ServerSecrets): Uint8Array {
  return createHash("sha256")
    .update(commitmentDomain)
    .update(Uint8Array.of(handshake.length, application.length))
    .update(handshake)
    .update(application)
    .digest();
}

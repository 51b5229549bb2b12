import { duplexPair, type Duplex } from "node:stream";
import { connect, TLSSocket, type ConnectionOptions, type TLSSocketOptions } from "node:tls";
import { finished } from "node:stream/promises";

/** The bytes of one TLS connection in both directions, and the client's key log. */
export interface TlsRecording {
  serverName: string;
  sent: Buffer;
  received: Buffer;
  /** Lines as in an NSS key log. */
  keyLog: string[];
}

export interface RecordTlsOptions {
  server: TLSSocketOptions;
  client: ConnectionOptions & { servername: string };
  /** What the server does with its end, once the handshake is done. It ends the connection at the latest. */
  serve: (socket: TLSSocket) => void | Promise<void>;
  /** What the client sends. */
  request?: Uint8Array | string;
  /** The server's ticket, for a connection that resumes this one. */
  onSession?: (session: Buffer) => void;
}

/** A whole connection between Node's TLS server and client, without a socket in between. */
export async function recordTls({
  server,
  client,
  serve,
  request = "",
  onSession,
}: RecordTlsOptions): Promise<TlsRecording> {
  const [clientWire, serverWire] = duplexPair();
  const [sent, received]: [Buffer[], Buffer[]] = [[], []];
  const keyLog: string[] = [];
  const serverEnd = new TLSSocket(tap(serverWire, sent, received), { isServer: true, ...server });
  const clientEnd = connect({ ...client, socket: clientWire });
  clientEnd.on("keylog", (line) => keyLog.push(line.toString("latin1").trimEnd()));
  if (onSession !== undefined) clientEnd.on("session", onSession);
  clientEnd.once("secureConnect", () => clientEnd.write(request));
  clientEnd.resume();
  const served = new Promise<void>((resolve, reject) => {
    serverEnd.once("secure", () => Promise.resolve(serve(serverEnd)).then(resolve, reject));
    serverEnd.once("error", reject);
    clientEnd.once("error", reject);
  });
  try {
    await served;
    await finished(clientEnd, { writable: false });
  } finally {
    clientEnd.destroy();
    serverEnd.destroy();
  }
  return { serverName: client.servername, sent: Buffer.concat(sent), received: Buffer.concat(received), keyLog };
}

/** The same stream; what is read from it and written to it is kept. */
function tap(wire: Duplex, read: Buffer[], written: Buffer[]): Duplex {
  const { push, write } = wire;
  wire.push = (chunk: Buffer | null, ...rest) => {
    if (chunk !== null) read.push(Buffer.from(chunk));
    return push.call(wire, chunk, ...rest);
  };
  wire.write = ((chunk: Uint8Array, ...rest: [never]) => {
    written.push(Buffer.from(chunk));
    return write.call(wire, chunk, ...rest);
  }) as typeof wire.write;
  return wire;
}

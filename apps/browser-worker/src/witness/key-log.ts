import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { parseKeyLogLine, type ServerSecrets } from "@attestream/attestation/tls-evidence";

const wantedLabels: Readonly<Record<string, keyof ServerSecrets>> = {
  SERVER_HANDSHAKE_TRAFFIC_SECRET: "handshake",
  SERVER_TRAFFIC_SECRET_0: "application",
};
/** Longer than any line that is one. */
const mostLineBytes = 512;

interface Wanted {
  found: Partial<ServerSecrets>;
  onFound: (secrets: ServerSecrets) => void;
}

/**
 * Reads the secrets that a browser writes into its FIFO. Reads all the time, because a browser whose FIFO nobody
 * empties stands still; keeps the server's secrets of connections that are wanted, and wipes everything else at
 * once. What a connection's client has sent passes this process before there are secrets: it is wanted in time.
 */
export class KeyLog {
  readonly #socket: Socket;
  readonly #wanted = new Map<string, Wanted>();
  #line: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    // For writing too: with the last writer gone it would else end, and a browser opens it late.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#socket.on("data", (bytes: Buffer) => this.#read(bytes));
    this.#socket.on("error", () => this.close());
    this.#socket.unref();
  }

  /** `clientRandom` as in the ClientHello. Calls back at most once, when both secrets are there. */
  want(clientRandom: Uint8Array, onFound: (secrets: ServerSecrets) => void): void {
    this.#wanted.set(Buffer.from(clientRandom).toString("hex"), { found: {}, onFound });
  }

  forget(clientRandom: Uint8Array): void {
    const key = Buffer.from(clientRandom).toString("hex");
    const { found } = this.#wanted.get(key) ?? {};
    this.#wanted.delete(key);
    found?.handshake?.fill(0);
    found?.application?.fill(0);
  }

  close(): void {
    this.#socket.destroy();
    this.#line.fill(0);
    for (const { found } of this.#wanted.values()) for (const secret of Object.values(found)) secret.fill(0);
    this.#wanted.clear();
  }

  #read(bytes: Buffer): void {
    const all = Buffer.concat([this.#line, bytes]);
    this.#line.fill(0);
    bytes.fill(0);
    let start = 0;
    for (let end = all.indexOf(10); end !== -1; end = all.indexOf(10, start)) {
      this.#take(all.subarray(start, end));
      start = end + 1;
    }
    const rest = all.subarray(start);
    this.#line = rest.length > mostLineBytes ? Buffer.alloc(0) : Buffer.from(rest);
    all.fill(0);
  }

  /** Text cannot be wiped: of a line that is not wanted none is made of the secret. */
  #take(line: Buffer): void {
    const first = line.indexOf(32);
    const second = line.indexOf(32, first + 1);
    if (first === -1 || second === -1 || line.length > mostLineBytes) return;
    const kind = wantedLabels[line.toString("latin1", 0, first)];
    const wanted = this.#wanted.get(line.toString("latin1", first + 1, second).toLowerCase());
    if (kind === undefined || wanted === undefined) return;
    const parsed = parseKeyLogLine(line.toString("latin1"));
    if (parsed === null) return;
    wanted.found[kind] = parsed.secret;
    const { handshake, application } = wanted.found;
    if (!handshake || !application) return;
    this.#wanted.delete(parsed.clientRandom);
    wanted.onFound({ handshake, application });
  }
}

import type { Socket } from "node:net";
import {
  HandshakeWatcher,
  hashSecrets,
  type RecordedConnection,
  type ServerSecrets,
} from "@attestream/attestation/tls-evidence";
import type { ConnectionTap } from "../egress/connection-witness.ts";
import type { KeyLog } from "./key-log.ts";

export interface WitnessedConnectionOptions {
  /** As the attestor calls it. */
  id: string;
  host: string;
  socket: Socket;
  keyLog: KeyLog;
  /** Tells the attestor the hash of the secrets, hex; what the browser encrypts waits for it. */
  commit: (commitment: string) => void;
}

const mostBytes = 16 * 2 ** 20;

/** The worker's own record of a connection that goes past the attestor: to find the response in, before anything is disclosed. */
export class WitnessedConnection implements ConnectionTap {
  readonly id: string;
  readonly host: string;
  readonly socket: Socket;
  readonly #keyLog: KeyLog;
  readonly #commit: (commitment: string) => void;
  readonly #watcher = new HandshakeWatcher();
  #sent: Buffer[] = [];
  #received: Buffer[] = [];
  #bytes = 0;
  #random: Uint8Array | null = null;
  #secrets: ServerSecrets | null = null;
  #isForgotten = false;

  constructor({ id, host, socket, keyLog, commit }: WitnessedConnectionOptions) {
    this.id = id;
    this.host = host;
    this.socket = socket;
    this.#keyLog = keyLog;
    this.#commit = commit;
  }

  /** Null while there are none. */
  get secrets(): ServerSecrets | null {
    return this.#secrets;
  }

  /** Why no evidence can come of it. */
  get problem(): "tls_unsuitable" | "too_large" | null {
    if (this.#watcher.state === "unusable") return "tls_unsuitable";
    return this.#bytes > mostBytes ? "too_large" : null;
  }

  get recorded(): RecordedConnection {
    return { serverName: this.host, sent: Buffer.concat(this.#sent), received: Buffer.concat(this.#received) };
  }

  fromClient(bytes: Buffer): void {
    this.#watcher.fromClient(bytes);
    this.#keep(this.#sent, bytes);
    const { clientRandom } = this.#watcher;
    if (this.#random !== null || clientRandom === null || this.#isForgotten) return;
    this.#random = clientRandom;
    this.#keyLog.want(clientRandom, (secrets) => {
      this.#secrets = secrets;
      this.#commit(Buffer.from(hashSecrets(secrets)).toString("hex"));
    });
  }

  fromServer(bytes: Buffer): void {
    this.#watcher.fromServer(bytes);
    this.#keep(this.#received, bytes);
  }

  /** The connection itself may go on. */
  forget(): void {
    this.#isForgotten = true;
    if (this.#random) this.#keyLog.forget(this.#random);
    this.#secrets?.handshake.fill(0);
    this.#secrets?.application.fill(0);
    this.#secrets = null;
    this.#drop();
  }

  #keep(where: Buffer[], bytes: Buffer): void {
    if (this.#isForgotten || this.#bytes > mostBytes) return;
    this.#bytes += bytes.length;
    if (this.#bytes > mostBytes) return this.#drop();
    where.push(Buffer.from(bytes));
  }

  #drop(): void {
    for (const bytes of [...this.#sent, ...this.#received]) bytes.fill(0);
    this.#sent = [];
    this.#received = [];
  }
}

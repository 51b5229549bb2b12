import { HandshakeWatcher } from "@attestream/attestation/tls-evidence";

/** Gives room for so many bytes, or says that there is none. */
export interface RecordingBudget {
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

export interface RecordingOptions {
  id: string;
  link: string;
  session: string;
  host: string;
  openedAt: Date;
  mostBytes: number;
  budget: RecordingBudget;
}

/**
 * What one connection carried, as ciphertext, in memory. Of what the browser sends, everything behind its
 * ClientHellos waits until a commitment to the server's secrets has come: who could choose the secrets after
 * the answer could choose what it says.
 */
export class Recording {
  readonly id: string;
  readonly link: string;
  readonly session: string;
  readonly host: string;
  readonly openedAt: Date;
  readonly #mostBytes: number;
  readonly #budget: RecordingBudget;
  readonly #watcher = new HandshakeWatcher();
  #waiting: (() => void)[] = [];
  #sent: Buffer[] = [];
  #received: Buffer[] = [];
  #bytes = 0;
  #passed = 0;
  #isReleased = false;
  #isOverfull = false;
  #commitment: string | null = null;

  constructor({ id, link, session, host, openedAt, mostBytes, budget }: RecordingOptions) {
    this.id = id;
    this.link = link;
    this.session = session;
    this.host = host;
    this.openedAt = openedAt;
    this.#mostBytes = mostBytes;
    this.#budget = budget;
  }

  /** Hex; null where none came in time. */
  get commitment(): string | null {
    return this.#commitment;
  }

  /** Whether all that went over the connection is here. */
  get isComplete(): boolean {
    return !this.#isOverfull;
  }

  /** Calls back, once, when what the browser encrypts may pass; at once where that is so. */
  whenReleased(act: () => void): void {
    if (this.#isReleased) act();
    else this.#waiting.push(act);
  }

  /** Bytes of the browser's, read but not yet let through. Says how many of those that wait may pass now. */
  watchClient(bytes: Buffer, waiting: number): number {
    this.#watcher.fromClient(bytes);
    if (this.#watcher.state === "unusable") this.release();
    return this.#isReleased ? waiting : Math.max(0, Math.min(waiting, this.#watcher.clearClientBytes - this.#passed));
  }

  /** These have passed to the server. */
  sent(bytes: Buffer): void {
    this.#passed += bytes.length;
    this.#keep(this.#sent, bytes);
  }

  received(bytes: Buffer): void {
    this.#watcher.fromServer(bytes);
    // No evidence can come of it: nothing is held back for its sake.
    if (this.#watcher.state === "unusable") this.release();
    this.#keep(this.#received, bytes);
  }

  /** The first one counts, and only one that comes before anything encrypted was let through. */
  commit(commitment: string): void {
    if (this.#isReleased) return;
    this.#commitment = commitment;
    this.release();
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    for (const act of this.#waiting) act();
    this.#waiting = [];
  }

  /** What has gone over the connection so far. */
  snapshot(): { serverName: string; sent: Buffer; received: Buffer } {
    return { serverName: this.host, sent: Buffer.concat(this.#sent), received: Buffer.concat(this.#received) };
  }

  /** Leaves nothing of it; the connection itself may go on. */
  forget(): void {
    this.#isOverfull = true;
    this.#drop();
    this.release();
  }

  #keep(where: Buffer[], bytes: Buffer): void {
    if (this.#isOverfull) return;
    if (this.#bytes + bytes.length > this.#mostBytes || !this.#budget.take(bytes.length)) {
      this.#isOverfull = true;
      return this.#drop();
    }
    this.#bytes += bytes.length;
    // A chunk is a view of a larger buffer, which would stay with it.
    where.push(Buffer.from(bytes));
  }

  #drop(): void {
    for (const bytes of [...this.#sent, ...this.#received]) bytes.fill(0);
    this.#sent = [];
    this.#received = [];
    this.#budget.giveBack(this.#bytes);
    this.#bytes = 0;
  }
}

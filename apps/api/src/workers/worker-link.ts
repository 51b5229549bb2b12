import type { WebSocket } from "ws";
import type { DownMessage, UpMessage } from "@attestream/shared/worker-protocol";

export type Registration = Extract<UpMessage, { type: "register" }>;

/** One registered worker's connection: what it can take, and what it is asked to do. Decides nothing. */
export class WorkerLink {
  readonly id: string;
  readonly address: string;
  readonly capacity: number;
  readonly #socket: WebSocket;
  /** `session:epoch` of slots that were told to end and have not said that they are free. */
  readonly #releasing = new Set<string>();
  #warm = 0;
  #seenAt: Date;
  #draining = false;

  constructor(socket: WebSocket, registration: Registration, now: Date) {
    this.#socket = socket;
    this.id = registration.workerId;
    this.address = registration.address;
    this.capacity = registration.capacity;
    this.#seenAt = now;
  }

  get warm(): number {
    return this.#warm;
  }

  get releasing(): number {
    return this.#releasing.size;
  }

  get seenAt(): Date {
    return this.#seenAt;
  }

  get takesSessions(): boolean {
    return !this.#draining && this.#socket.readyState === this.#socket.OPEN;
  }

  beat(message: Extract<UpMessage, { type: "heartbeat" }>, now: Date): void {
    this.#warm = message.warm;
    this.#seenAt = now;
    // What it does not hold is free, even if it never said so: it may not have known the session.
    const held = new Set(message.held.map(({ sessionId, epoch }) => `${sessionId}:${epoch}`));
    for (const key of this.#releasing) if (!held.has(key)) this.#releasing.delete(key);
  }

  send(message: DownMessage): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (message.type === "assign") this.#warm = Math.max(0, this.#warm - 1);
    if (message.type === "release") this.#releasing.add(`${message.sessionId}:${message.epoch}`);
    if (message.type === "drain") this.#draining = true;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** The slot is free again. */
  released(sessionId: string, epoch: number): void {
    this.#releasing.delete(`${sessionId}:${epoch}`);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  /** For a link that no longer answers: does not wait for its closing handshake. */
  terminate(): void {
    this.#socket.terminate();
  }
}

import type { Socket } from "node:net";

/** Is shown the bytes of one connection, as they pass. */
export interface ConnectionTap {
  fromClient(bytes: Buffer): void;
  fromServer(bytes: Buffer): void;
}

/** Whom the connections to some hosts go past. */
export interface ConnectionWitness {
  covers(host: string): boolean;
  /** Connects to this address, which was checked. Null: it cannot, and the connection is made without it. */
  dial(host: string, address: string, port: number): Promise<(ConnectionTap & { socket: Socket }) | null>;
}

import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

/** A table read while sockets come and go may miss a row that was there all the time. */
const reads = 3;

export type PeerOwner =
  | { kind: "user"; uid: number }
  /** The peer has hung up: what is left of its connection belongs to nobody. */
  | { kind: "gone" }
  /** No row, or no table on this system. */
  | { kind: "unknown" };

/**
 * Tells which user owns the other end of a loopback IPv4 connection, from the kernel's socket table.
 * With one user per slot this is the slot's credential: Chromium's `--proxy-server` takes no password.
 *
 * Ask when the connection is accepted: later its end may have hung up, and then it has no owner. The
 * kernel walks its whole hash table at each read (milliseconds), so connections that come together
 * share one.
 */
export async function readPeerOwner(client: Socket): Promise<PeerOwner> {
  // Kept now: a destroyed socket no longer knows them.
  const { remotePort, localPort } = client;
  if (remotePort === undefined || localPort === undefined) return { kind: "gone" };
  try {
    for (let read = 0; read < reads; read += 1) {
      const owner = findOwner(await readTable(), remotePort, localPort);
      if (owner.kind !== "unknown") return owner;
      if (client.destroyed) return { kind: "gone" };
    }
  } catch {
    // No such table on this system.
  }
  return { kind: "unknown" };
}

let running: Promise<string> | undefined;
let next: Promise<string> | undefined;

/** A read that began after the question was asked; all who ask while one runs share the next. */
function readTable(): Promise<string> {
  if (!running) return begin();
  next ??= running.then(begin, begin);
  return next;
}

function begin(): Promise<string> {
  next = undefined;
  const read = readFile("/proc/net/tcp", "utf8").finally(() => {
    if (running === read) running = undefined;
  });
  running = read;
  return read;
}

const established = "01";

/**
 * Line: `sl local remote st queues timer retransmits uid …`, numbers in hex. Both ends must match: the
 * kernel gives a local port to several connections at once. One that is closing may be left without an
 * owner and is then shown as user 0. Exported for its test.
 */
export function findOwner(table: string, localPort: number, remotePort: number): PeerOwner {
  const row = table.indexOf(`${loopback(localPort)} ${loopback(remotePort)} `);
  if (row === -1) return { kind: "unknown" };
  const [, , state, , , , uid] = table.slice(row, row + 200).split(/\s+/);
  if (uid === undefined) return { kind: "unknown" };
  if (state !== established && Number(uid) === 0) return { kind: "gone" };
  return { kind: "user", uid: Number(uid) };
}

const loopback = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;

import { readFile } from "node:fs/promises";

/** A table read while sockets come and go may miss a row that was there all the time. */
const reads = 3;

/**
 * The user that owns the other end of a loopback IPv4 connection, from the kernel's socket table; null
 * where that cannot be told. With one user per slot this is the slot's credential: Chromium's
 * `--proxy-server` takes no password.
 */
export async function readPeerUid(peerPort: number, ownPort: number): Promise<number | null> {
  try {
    for (let read = 0; read < reads; read += 1) {
      const uid = findUid(await readFile("/proc/net/tcp", "utf8"), peerPort, ownPort);
      if (uid !== null) return uid;
    }
  } catch {
    // No such table on this system.
  }
  return null;
}

/**
 * Line: `sl local remote st queues timer retransmits uid …`, numbers in hex. Both ends must match: the
 * kernel gives a local port to several connections at once, and one that is closing belongs to nobody
 * (shown as 0). Exported for its test.
 */
export function findUid(table: string, localPort: number, remotePort: number): number | null {
  const local = loopback(localPort);
  const remote = loopback(remotePort);
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] === local && columns[2] === remote && columns[7] !== undefined) return Number(columns[7]);
  }
  return null;
}

const loopback = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;

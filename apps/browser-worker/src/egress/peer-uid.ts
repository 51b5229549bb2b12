import { readFile } from "node:fs/promises";

/**
 * The user that owns the other end of a loopback IPv4 connection, by its port, from the kernel's
 * socket table; null where that cannot be told. With one user per slot this is the slot's credential:
 * Chromium's `--proxy-server` takes no password.
 */
export async function readPeerUid(peerPort: number): Promise<number | null> {
  try {
    return findUid(await readFile("/proc/net/tcp", "utf8"), peerPort);
  } catch {
    return null;
  }
}

/** Line: `sl local remote st queues timer retransmits uid …`, numbers in hex. Exported for its test. */
export function findUid(table: string, localPort: number): number | null {
  const wanted = `0100007F:${localPort.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] === wanted && columns[7] !== undefined) return Number(columns[7]);
  }
  return null;
}

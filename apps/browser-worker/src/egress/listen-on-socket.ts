import { chmod, chown, mkdtemp, rename, rm, stat } from "node:fs/promises";
import type { Server } from "node:net";
import { dirname, join } from "node:path";

/** What the kernel's `sun_path` takes; a longer path is cut off without a word by some of its callers. */
const longestPath = 107;

/**
 * Listens on a Unix socket that one user may connect to. The socket is made in a folder that is closed
 * to everybody, and shows up at its path only when owner and mode (0600) are right: there is no moment
 * in which anybody else could connect. What lay at the path before is replaced. Gives what takes the
 * socket away again, if it is still the one at the path.
 */
export async function listenOnSocket(
  server: Server,
  path: string,
  uid: number | undefined,
): Promise<() => Promise<void>> {
  const closed = await mkdtemp(`${dirname(path)}/.`);
  try {
    const made = join(closed, "s");
    if (Math.max(Buffer.byteLength(made), Buffer.byteLength(path)) > longestPath)
      throw new Error(`the path of the egress socket is longer than ${longestPath} bytes; choose a shorter folder`);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(made, () => {
        server.off("error", reject);
        resolve();
      });
    });
    await chmod(made, 0o600);
    if (uid !== undefined) await chown(made, uid, uid);
    const { ino } = await stat(made);
    await rename(made, path);
    return async () => {
      const there = await stat(path).catch(() => undefined);
      if (there?.ino === ino) await rm(path, { force: true });
    };
  } finally {
    await rm(closed, { recursive: true, force: true });
  }
}

import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";

export interface UidBlock {
  /** First of `uidsPerWorker` user ids that are this worker's alone. */
  first: number;
  release(): Promise<void>;
}

export const uidsPerWorker = 512;
const firstUid = 20_000;
const blocks = 70;

/**
 * Takes a block of user ids that no other worker on this machine has. The reservation is an abstract
 * socket: the kernel gives each name to one process, and takes it back when that process ends however
 * it ends. A block in which something still runs is passed over.
 */
export async function reserveUidBlock(): Promise<UidBlock> {
  const busy = await listBusyUids();
  for (let index = 0; index < blocks; index += 1) {
    const first = firstUid + index * uidsPerWorker;
    if ([...busy].some((uid) => uid >= first && uid < first + uidsPerWorker)) continue;
    const server = await listenOn(`\0attestream-worker-uids-${first}`);
    if (server === null) continue;
    return {
      first,
      release: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
        }),
    };
  }
  throw new Error(
    `The user ids from ${firstUid} to ${firstUid + blocks * uidsPerWorker - 1} are all in use on this machine; stop some workers`,
  );
}

/** Null when the name is taken. */
function listenOn(name: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(null));
    server.listen(name, () => resolve(server.unref()));
  });
}

/** Users of living processes. */
async function listBusyUids(): Promise<Set<number>> {
  const uids = new Set<number>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const status = await readFile(`/proc/${entry}/status`, "utf8").catch(() => "");
    const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
    if (uid !== undefined && !/^State:\s+[ZX]/m.test(status)) uids.add(Number(uid));
  }
  return uids;
}

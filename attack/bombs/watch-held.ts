import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { processTree, pssMiB } from "@attestream/bench/usage";

interface Task {
  root: number;
  before: number[];
}

const everyMs = 500;

/**
 * The most memory, MiB, that processes held which are new under `root` since `before` was listed. Looks from a thread of
 * its own: reading what a bomb holds takes long, and the neighbour's viewer must not wait for it.
 */
export async function watchHeld(task: Task): Promise<{ stop(): Promise<number> }> {
  const thread = new Worker(new URL(import.meta.url), { workerData: task });
  await once(thread, "online");
  return {
    async stop() {
      const told = once(thread, "message");
      thread.postMessage("stop", []);
      const [most] = (await told) as [number];
      await thread.terminate();
      return most;
    },
  };
}

if (!isMainThread && parentPort !== null) {
  const { root, before } = workerData as Task;
  const known = new Set(before);
  let most = 0;
  const look = () => {
    most = Math.max(most, pssMiB(processTree(root).filter((pid) => !known.has(pid))));
  };
  const timer = setInterval(look, everyMs);
  parentPort.once("message", () => {
    clearInterval(timer);
    parentPort?.postMessage(most, []);
  });
}

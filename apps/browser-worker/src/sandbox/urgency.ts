import { readdir, readFile, writeFile } from "node:fs/promises";
import { setPriority } from "node:os";

/** Nice values. Behind the worker itself, which brings everybody's pictures and input; and behind all other browsers. */
export const urgencies = { usual: 5, greedy: 19 } as const;

/**
 * How urgent the work of these processes is to the kernel: of all their threads, and of the groups that it makes of
 * sessions, whose value counts before that of the threads in them. What is gone, and what this user may
 * not change, stays as it is: only root may make more urgent again.
 */
export async function setUrgency(pids: readonly number[], nice: number): Promise<void> {
  const groups = new Set<string>();
  for (const pid of pids) {
    const [group = ""] = (await readFile(`/proc/${pid}/autogroup`, "utf8").catch(() => "")).split(" ");
    if (group !== "" && !groups.has(group)) {
      groups.add(group);
      await writeFile(`/proc/${pid}/autogroup`, String(nice)).catch(() => {});
    }
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      try {
        setPriority(Number(thread), nice);
      } catch {
        // Gone, or not ours to change.
      }
    }
  }
}

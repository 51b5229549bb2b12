import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Living processes of the group; zombies are gone already. */
export async function listGroup(processGroup: number): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(group) === processGroup && state !== "Z" && state !== "X") pids.push(Number(entry));
  }
  return pids;
}

/** SIGKILL to a whole process group; resolves when no living member is left (at most some seconds). Killing what is gone is fine. */
export async function killGroup(processGroup: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      process.kill(-processGroup, "SIGKILL");
    } catch {
      return;
    }
    if ((await listGroup(processGroup)).length === 0) return;
    await sleep(20);
  }
}

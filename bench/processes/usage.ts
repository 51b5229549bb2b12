import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** A process and all that descend from it, by /proc. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readStat(Number(entry));
    if (stat === null) continue;
    const parent = Number(stat[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** CPU time that these processes have had so far, seconds; what is gone counts nothing. */
export function cpuSeconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readStat(pid);
    if (stat !== null) ticks += Number(stat[11]) + Number(stat[12]);
  }
  return ticks / ticksPerSecond;
}

/** Memory of these processes, each shared page counted by its share, MiB. */
export function pssMiB(pids: readonly number[]): number {
  let kibibytes = 0;
  for (const pid of pids) {
    try {
      kibibytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // Gone in between.
    }
  }
  return kibibytes / 1024;
}

/** Per cent of one core that the processes use while `during` lasts. */
export async function cpuPercent(pids: () => readonly number[], during: () => Promise<void>): Promise<number> {
  const before = cpuSeconds(pids());
  const startedAt = performance.now();
  await during();
  return ((cpuSeconds(pids()) - before) / ((performance.now() - startedAt) / 1000)) * 100;
}

/** The fields of /proc/<pid>/stat from the third on. The name before them may hold anything, spaces too. */
function readStat(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

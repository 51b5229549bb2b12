import { readdirSync, readFileSync } from "node:fs";

/** What a browser's processes take together. */
export interface Usage {
  pids: number[];
  /** Held for itself or shared within. Program text is not counted. */
  memoryMiB: number;
  /** Processor time since the last look, seconds; 0 where it was not asked for. */
  cpuSeconds: number;
}

/** Where a process stood when it was first seen. */
interface Origin {
  parent: number;
  group: number;
}

/** USER_HZ; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * What the trees of some processes take. Remembers who came from whom, so that a look reads little more than those.
 * Waits for nothing: these files are written by the kernel while they are read, some ten microseconds each, and on a
 * machine where a page takes all processors each wait would be a long one.
 */
export class TreeUsage {
  #origins = new Map<number, Origin>();
  #ticks = new Map<number, number>();

  /** Keyed by the first process of each tree. Processor time is told from the second look in a row on that asks for it. */
  look(roots: ReadonlyMap<number, unknown>, { cpu }: { cpu: boolean }): Map<number, Usage> {
    const taken = new Map<number, Usage>();
    const origins = new Map<number, Origin>();
    const ticks = new Map<number, number>();
    for (const entry of readdirSync("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      const pid = Number(entry);
      const known = this.#origins.get(pid);
      if (known) origins.set(pid, known);
      if (known && rootOf(pid, origins, roots) === null) continue;
      const status = read(`/proc/${pid}/status`);
      if (!known) origins.set(pid, { parent: numberIn(status, parentPattern), group: numberIn(status, groupPattern) });
      const root = rootOf(pid, origins, roots);
      if (root === null) continue;
      const usage = taken.get(root) ?? { pids: [], memoryMiB: 0, cpuSeconds: 0 };
      usage.pids.push(pid);
      usage.memoryMiB += (numberIn(status, ownPattern) + numberIn(status, sharedPattern)) / 1024;
      taken.set(root, usage);
      if (!cpu) continue;
      const spent = ticksIn(read(`/proc/${pid}/stat`));
      ticks.set(pid, spent);
      // Of one that is new: all that it has had.
      const before = this.#ticks.get(pid) ?? (known ? spent : 0);
      usage.cpuSeconds += Math.max(0, spent - before) / ticksPerSecond;
    }
    this.#origins = origins;
    this.#ticks = ticks;
    return taken;
  }
}

/** Empty of a process that ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Parents have mostly lower numbers, and are known first; where not, the next look finds them. */
function rootOf(pid: number, origins: Map<number, Origin>, roots: ReadonlyMap<number, unknown>): number | null {
  for (let at = pid, depth = 0; depth < 64; depth += 1) {
    if (roots.has(at)) return at;
    const origin = origins.get(at);
    if (origin === undefined) return null;
    if (roots.has(origin.group)) return origin.group;
    at = origin.parent;
  }
  return null;
}

const parentPattern = /^PPid:\s+(\d+)/m;
const groupPattern = /^NSpgid:\s+(\d+)/m;
const ownPattern = /^RssAnon:\s+(\d+)/m;
const sharedPattern = /^RssShmem:\s+(\d+)/m;

function numberIn(status: string, pattern: RegExp): number {
  return Number(pattern.exec(status)?.[1] ?? 0);
}

/** User and system time. The name before them may hold anything, spaces and brackets too. */
function ticksIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

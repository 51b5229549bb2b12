import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** pids of all descendants of a process, by /proc. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(Number(entry));
    if (parent !== null) parents.set(Number(entry), parent);
  }
  const found: number[] = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [child, parent] of parents) {
      if (parent !== next) continue;
      found.push(child);
      open.push(child);
    }
  }
  return found;
}

export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null;
}

/** Number of descendants once it stays: the same in three looks a second apart. */
export async function restingDescendants(pid: number, signal: AbortSignal): Promise<number> {
  const looks: number[] = [];
  for (; !signal.aborted; await delay(1000)) {
    looks.push(descendants(pid).length);
    const [first, second, third] = looks.slice(-3);
    if (third !== undefined && first === second && second === third) return third;
  }
  throw new Error(`The processes do not come to rest: ${looks.join(", ")}`);
}

export interface Holdings {
  residentMiB: number;
  sockets: number;
  /** All open files, sockets included. */
  files: number;
}

/** What a process holds. */
export function holdings(pid: number): Holdings {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return {
    residentMiB: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024),
    sockets: targets.filter((target) => target.startsWith("socket:")).length,
    files: targets.filter((target) => target !== "").length,
  };
}

function parentOf(pid: number): number | null {
  try {
    // The name in parentheses may hold anything, spaces too.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? null : Number(fields[1]);
  } catch {
    return null;
  }
}

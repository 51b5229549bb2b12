import { readdirSync, readFileSync, readlinkSync } from "node:fs";

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

/** What a process holds: resident memory in MiB, open sockets, all open files. */
export function holdings(pid: number): { residentMiB: number; sockets: number; files: number } {
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

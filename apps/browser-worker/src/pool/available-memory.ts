import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What a session with a heavy page takes, its browser and our share of it, MiB. */
export const sessionMiB = 250;

/** Sessions that fit into so much free memory; at least one, since a worker that takes none is of no use. */
export function sessionsThatFit(availableMiB: number): number {
  return Math.max(1, Math.floor(availableMiB / sessionMiB));
}

/**
 * MiB that this process and its browsers may still take: what the machine has left or, if that is less, what
 * a control group around this process allows. Pages of files that can be dropped count as free.
 * `root` is a parameter for tests.
 */
export async function readAvailableMiB(root = "/"): Promise<number> {
  const bytes = [await machineBytes(root)];
  for (const group of await controlGroups(root)) bytes.push(await groupBytes(group));
  return Math.floor(Math.min(...bytes) / 2 ** 20);
}

async function machineBytes(root: string): Promise<number> {
  const kibibytes = numberIn(await read(join(root, "proc/meminfo")), /^MemAvailable:\s+(\d+)/m);
  return kibibytes === null ? Number.POSITIVE_INFINITY : kibibytes * 1024;
}

interface ControlGroup {
  folder: string;
  limit: string;
  used: string;
}

/** Own group and those above it, of version 1 and 2. In a container the outermost that can be seen is its own. */
async function controlGroups(root: string): Promise<ControlGroup[]> {
  const groups: ControlGroup[] = [];
  for (const line of (await read(join(root, "proc/self/cgroup"))).split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined || (controllers !== "" && !controllers?.split(",").includes("memory"))) continue;
    const [base, limit, used] =
      controllers === ""
        ? ["sys/fs/cgroup", "memory.max", "memory.current"]
        : ["sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"];
    for (let own = path; ; own = own.slice(0, own.lastIndexOf("/"))) {
      groups.push({ folder: join(root, base ?? "", own), limit: limit ?? "", used: used ?? "" });
      if (own === "" || own === "/") break;
    }
  }
  return groups;
}

/** Infinity where no bound is set. */
async function groupBytes({ folder, limit, used }: ControlGroup): Promise<number> {
  const most = numberIn(await read(join(folder, limit)), /^(\d+)$/m);
  const taken = numberIn(await read(join(folder, used)), /^(\d+)$/m);
  if (most === null || taken === null) return Number.POSITIVE_INFINITY;
  const droppable = numberIn(await read(join(folder, "memory.stat")), /^(?:total_)?inactive_file (\d+)$/m) ?? 0;
  return Math.max(0, most - taken + droppable);
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

function numberIn(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

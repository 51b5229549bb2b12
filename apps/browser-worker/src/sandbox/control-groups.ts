import { readFileSync } from "node:fs";
import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface ControlLimits {
  memoryMiB: number;
  /** Processes and threads. */
  threads: number;
}

/** The kernel's own account and bounds of one browser, all its processes together. */
export interface ControlGroup {
  /** Who writes its pid into each of these belongs to it, with all that it starts. */
  members: readonly string[];
  /** The kernel has ended a process of it because the group was out of memory. */
  readonly outOfMemory: boolean;
  /** Cores that all its processes may use together; null: as many as there are. */
  boundCores(most: number | null): Promise<void>;
  /** Everything in it must have ended. */
  remove(): Promise<void>;
}

export interface ControlGroups {
  create(name: string, limits: ControlLimits): Promise<ControlGroup>;
  remove(): Promise<void>;
}

/** Files of one version of the kernel's interface. */
interface Interface {
  /** Where our groups are made, by controller; one folder for all in version 2. */
  folders: Record<"memory" | "pids" | "cpu", string>;
  memoryMost: string;
  /** Where its processor time is bounded, and what is written there: microseconds of each period; null for no bound. */
  bound: { file: string; text: (quota: number | null) => string };
  /** Has a line `oom_kill <count>`. */
  memoryEvents: string;
}

const prefix = "attestream-";
/** The kernel's usual one. */
const periodUs = 100_000;
const leastQuotaUs = 1_000;

/**
 * Control groups for the browsers of this process, below its own (version 2: beside it), so that what is around the
 * process bounds them too. Each has the same share of the processor at first, all together that of one program: no browser
 * takes the machine from the others, nor all of them from the worker, who brings everybody's pictures. Null where this
 * process may not make any: then other bounds must do. Groups of workers that are gone are removed. `root` is a
 * parameter for tests.
 */
export async function openControlGroups(root = "/"): Promise<ControlGroups | null> {
  const kernel = (await findVersion1(root)) ?? (await findVersion2(root));
  if (kernel === null) return null;
  const folders = [...new Set(Object.values(kernel.folders))];
  const own = `${prefix}${process.pid}`;
  try {
    for (const folder of folders) {
      await sweep(folder, root);
      await mkdir(join(folder, own), { recursive: true });
      if (folders.length === 1) await writeFile(join(folder, own, "cgroup.subtree_control"), "+memory +pids +cpu");
    }
  } catch {
    return null;
  }
  return {
    create: (name, limits) => createGroup(kernel, join(own, name), limits),
    async remove() {
      for (const folder of folders) await removeTree(join(folder, own));
    },
  };
}

async function createGroup(kernel: Interface, name: string, limits: ControlLimits): Promise<ControlGroup> {
  const at = (controller: keyof Interface["folders"], file = "") => join(kernel.folders[controller], name, file);
  const folders = [...new Set([at("memory"), at("pids"), at("cpu")])];
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await writeFile(at("memory", kernel.memoryMost), String(limits.memoryMiB * 2 ** 20));
  await writeFile(at("pids", "pids.max"), String(limits.threads));
  return {
    members: folders.map((folder) => join(folder, "cgroup.procs")),
    get outOfMemory() {
      try {
        return /^oom_kill [1-9]/m.test(readFileSync(at("memory", kernel.memoryEvents), "utf8"));
      } catch {
        return false;
      }
    },
    async boundCores(most) {
      const { file, text } = kernel.bound;
      const quota = most === null ? null : Math.max(Math.round(most * periodUs), leastQuotaUs);
      // It may be going away.
      await writeFile(at("cpu", file), text(quota)).catch(() => {});
    },
    async remove() {
      for (const folder of folders) await removeTree(folder);
    },
  };
}

async function findVersion1(root: string): Promise<Interface | null> {
  const lines = (await read(join(root, "proc/self/cgroup"))).split("\n");
  const folderOf = async (controller: string) => {
    for (const line of lines) {
      const [, names = "", path = ""] = /^\d+:([^:]+):(\/.*)$/.exec(line) ?? [];
      if (!names.split(",").includes(controller)) continue;
      // A container often shows its own group as the root.
      for (const folder of [join(root, "sys/fs/cgroup", names, path), join(root, "sys/fs/cgroup", names)])
        if (await isWritable(folder)) return folder;
    }
    return null;
  };
  const [memory, pids, cpu] = await Promise.all([folderOf("memory"), folderOf("pids"), folderOf("cpu")]);
  if (memory === null || pids === null || cpu === null) return null;
  return {
    folders: { memory, pids, cpu },
    memoryMost: "memory.limit_in_bytes",
    bound: { file: "cpu.cfs_quota_us", text: (quota) => String(quota ?? -1) },
    memoryEvents: "memory.oom_control",
  };
}

/**
 * Beside the process's own group, since one that has processes may hand no controller on: only where the group
 * around it has them enabled.
 */
async function findVersion2(root: string): Promise<Interface | null> {
  const [, path = ""] = /^0::(\/.*)$/m.exec(await read(join(root, "proc/self/cgroup"))) ?? [];
  const folder = join(root, "sys/fs/cgroup", dirname(path));
  const handed = (await read(join(folder, "cgroup.subtree_control"))).split(/\s+/);
  if (!["memory", "pids", "cpu"].every((name) => handed.includes(name)) || !(await isWritable(folder))) return null;
  return {
    folders: { memory: folder, pids: folder, cpu: folder },
    memoryMost: "memory.max",
    bound: { file: "cpu.max", text: (quota) => `${quota ?? "max"} ${periodUs}` },
    memoryEvents: "memory.events",
  };
}

async function sweep(folder: string, root: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    if (!/^\d+$/.test(pid) || (await read(join(root, "proc", pid, "stat"))) !== "") continue;
    await removeTree(join(folder, name)).catch(() => {});
  }
}

/** Folders of the kernel: their files go with them, and what still has members stays. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder).catch(() => {});
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

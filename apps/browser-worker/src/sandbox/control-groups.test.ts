import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openControlGroups } from "./control-groups.ts";

const own = `attestream-${process.pid}`;
const limits = { memoryMiB: 64, threads: 100 };

/** On folders that look like the kernel's: that files and numbers are right, not that a kernel obeys them. */
describe("control groups of browsers", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "control-groups-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const get = (path: string) => readFileSync(join(root, path), "utf8");

  it("of version 1 are made in each controller below the process's own", async () => {
    await put("proc/self/cgroup", "4:memory:/box\n8:pids:/\n1:cpu,cpuacct:/\n0::/\n");
    for (const folder of ["memory/box", "pids", "cpu,cpuacct"])
      await mkdir(join(root, "sys/fs/cgroup", folder), { recursive: true });
    const groups = await openControlGroups(root);
    const group = await groups?.create("slot-0", limits);
    expect(get(`sys/fs/cgroup/memory/box/${own}/slot-0/memory.limit_in_bytes`)).toBe("67108864");
    expect(get(`sys/fs/cgroup/pids/${own}/slot-0/pids.max`)).toBe("100");
    const quota = () => get(`sys/fs/cgroup/cpu,cpuacct/${own}/slot-0/cpu.cfs_quota_us`);
    await group?.boundCores(1 / 3);
    expect(quota()).toBe("33333");
    await group?.boundCores(0);
    expect(quota()).toBe("1000");
    await group?.boundCores(null);
    expect(quota()).toBe("-1");
    expect(group?.members.map((file) => file.slice(root.length))).toEqual([
      `/sys/fs/cgroup/memory/box/${own}/slot-0/cgroup.procs`,
      `/sys/fs/cgroup/pids/${own}/slot-0/cgroup.procs`,
      `/sys/fs/cgroup/cpu,cpuacct/${own}/slot-0/cgroup.procs`,
    ]);
    expect(group?.outOfMemory).toBe(false);
    await put(`sys/fs/cgroup/memory/box/${own}/slot-0/memory.oom_control`, "under_oom 0\noom_kill 1\n");
    expect(group?.outOfMemory).toBe(true);
  });

  it("of version 2 are made where the controllers were handed on, and only there", async () => {
    await put("proc/self/cgroup", "0::/box/worker\n");
    await put("sys/fs/cgroup/box/cgroup.subtree_control", "cpu memory\n");
    expect(await openControlGroups(root)).toBeNull();
    await put("sys/fs/cgroup/box/cgroup.subtree_control", "cpu memory pids\n");
    const group = await (await openControlGroups(root))?.create("slot-0", limits);
    expect(get(`sys/fs/cgroup/box/${own}/cgroup.subtree_control`)).toBe("+memory +pids +cpu");
    const bound = () => get(`sys/fs/cgroup/box/${own}/slot-0/cpu.max`);
    await group?.boundCores(0.5);
    expect(bound()).toBe("50000 100000");
    await group?.boundCores(null);
    expect(bound()).toBe("max 100000");
    expect(get(`sys/fs/cgroup/box/${own}/slot-0/memory.max`)).toBe("67108864");
    expect(group?.members.map((file) => file.slice(root.length))).toEqual([
      `/sys/fs/cgroup/box/${own}/slot-0/cgroup.procs`,
    ]);
  });

  it("of workers that are gone are removed, those of others are not", async () => {
    await put("proc/self/cgroup", "0::/\n");
    await put("sys/fs/cgroup/cgroup.subtree_control", "cpu memory pids\n");
    await put("proc/7/stat", "7 (node) S");
    for (const name of ["attestream-7", "attestream-8/slot-0", "system.slice"])
      await mkdir(join(root, "sys/fs/cgroup", name), { recursive: true });
    await openControlGroups(root);
    const isThere = (name: string) => existsSync(join(root, "sys/fs/cgroup", name));
    expect(["attestream-7", "attestream-8", "system.slice"].map(isThere)).toEqual([true, false, true]);
  });

  it("are none where nothing may be made", async () => {
    expect(await openControlGroups(root)).toBeNull();
  });
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { readAvailableMiB, sessionsThatFit } from "./available-memory.ts";

const mebibytes = (count: number) => String(count * 2 ** 20);
const roots: string[] = [];

/** A machine with 8 GiB left and these files. */
async function machineWith(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "memory-test-"));
  roots.push(root);
  const all = { "proc/meminfo": "MemTotal: 16777216 kB\nMemAvailable:    8388608 kB\n", ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true });
});

it("is the machine's where nothing else bounds it", async () => {
  expect(await readAvailableMiB(await machineWith({ "proc/self/cgroup": "0::/\n" }))).toBe(8192);
  const unbounded = { "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n" };
  expect(await readAvailableMiB(await machineWith(unbounded))).toBe(8192);
});

it("is what a control group of version 2 leaves, its droppable pages counted as free", async () => {
  const root = await machineWith({
    "proc/self/cgroup": "0::/\n",
    "sys/fs/cgroup/memory.max": mebibytes(1024),
    "sys/fs/cgroup/memory.current": mebibytes(700),
    "sys/fs/cgroup/memory.stat": `anon 5\ninactive_file ${mebibytes(200)}\n`,
  });
  expect(await readAvailableMiB(root)).toBe(524);
});

it("is bounded by a group above the own one, and by version 1 too", async () => {
  const root = await machineWith({
    "proc/self/cgroup": "5:cpu:/\n4:memory:/outer/inner\n0::/\n",
    "sys/fs/cgroup/memory/outer/inner/memory.limit_in_bytes": "9223372036854771712",
    "sys/fs/cgroup/memory/outer/inner/memory.usage_in_bytes": mebibytes(100),
    "sys/fs/cgroup/memory/outer/memory.limit_in_bytes": mebibytes(600),
    "sys/fs/cgroup/memory/outer/memory.usage_in_bytes": mebibytes(300),
  });
  expect(await readAvailableMiB(root)).toBe(300);
});

it("gives every worker one session, and a large one as many as fit", () => {
  expect(sessionsThatFit(100)).toBe(1);
  expect(sessionsThatFit(2_100)).toBe(8);
});

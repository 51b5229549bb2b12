import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { cpuPercent, cpuSeconds, processTree, pssMiB } from "./usage.ts";

it("a tree has the process and what it has started", async () => {
  const child = spawn("sh", ["-c", "sleep 60 & echo up; wait"], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  try {
    await once(child.stdout, "data");
    const tree = processTree(Number(child.pid));
    expect(tree[0]).toBe(child.pid);
    expect(tree).toHaveLength(2);
    expect(processTree(process.pid)).toEqual(expect.arrayContaining(tree));
  } finally {
    process.kill(-Number(child.pid), "SIGKILL");
  }
});

it("work shows as CPU time, and memory as PSS", async () => {
  const pids = [process.pid];
  const before = cpuSeconds(pids);
  const percent = await cpuPercent(
    () => pids,
    async () => {
      for (let at = cpuSeconds(pids); cpuSeconds(pids) - at < 0.2;);
    },
  );
  expect(cpuSeconds(pids) - before).toBeGreaterThanOrEqual(0.2);
  expect(percent).toBeGreaterThan(0);
  expect(pssMiB(pids)).toBeGreaterThan(10);
});

it("what is gone counts nothing", () => {
  expect([cpuSeconds([2 ** 30]), pssMiB([2 ** 30])]).toEqual([0, 0]);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { setUrgency, urgencies } from "./urgency.ts";

it("holds for all threads of a process, and for the group that the kernel makes of its session", async () => {
  const child = spawn(process.execPath, ["-e", `process.stdout.write("up"); setInterval(() => {}, 1e6)`], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    await once(child.stdout, "data");
    const pid = Number(child.pid);
    const nices = () =>
      readdirSync(`/proc/${pid}/task`).map((thread) => {
        const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
      });
    await setUrgency([pid, 2 ** 30], urgencies.greedy);
    expect(nices().length).toBeGreaterThan(1);
    expect(new Set(nices())).toEqual(new Set([urgencies.greedy]));
    expect(readGroup(pid)).toMatch(/^$|nice 19$/);
    // Only root may take it back.
    if (process.getuid?.() !== 0) return;
    await setUrgency([pid], urgencies.usual);
    expect(new Set(nices())).toEqual(new Set([urgencies.usual]));
    expect(readGroup(pid)).toMatch(/^$|nice 5$/);
  } finally {
    child.kill("SIGKILL");
  }
});

/** Empty where the kernel makes no such groups. */
function readGroup(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/autogroup`, "utf8").trim();
  } catch {
    return "";
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { pino } from "pino";
import { expect, it } from "vitest";
import { BrowserGuard } from "./browser-guard.ts";

/** Leads a process group of its own, as a browser does, and says when it has taken its memory. */
async function take(mebibytes: number) {
  const program = `const held = Buffer.alloc(${mebibytes} * 2 ** 20, 1); process.stdout.write("held"); setInterval(() => held, 1e6);`;
  const child = spawn(process.execPath, ["-e", program], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  return { child, pid: Number(child.pid), ended };
}

it("ends the process group that takes more than it may, says so, and lets the others be", async () => {
  const guard = new BrowserGuard({ limitMiB: 200, log: pino({ level: "silent" }) });
  const [modest, greedy] = await Promise.all([take(20), take(300)]);
  const modestWatch = guard.watch(modest.pid);
  const greedyWatch = guard.watch(greedy.pid);
  try {
    expect(await greedy.ended).toEqual([null, "SIGKILL"]);
    expect(greedyWatch.exceeded).toBe(true);
    expect(modestWatch.exceeded).toBe(false);
    expect(modest.child.exitCode ?? modest.child.signalCode).toBeNull();
  } finally {
    modestWatch.stop();
    greedyWatch.stop();
    modest.child.kill("SIGKILL");
    greedy.child.kill("SIGKILL");
  }
});

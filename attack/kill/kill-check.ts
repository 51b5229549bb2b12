import { mkdtemp, readdir, rm, stat, chmod } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processTree } from "@attestream/bench/usage";
import { terminalStatuses } from "@attestream/shared";
import type { Check } from "../report/check.ts";
import { livelyPage, pause } from "../system/neighbour.ts";

const browsersWithinMs = 2_000;
const terminalWithinMs = 10_000;

/** The worker is killed in the middle of a session: no browser outlives it, no profile is left, the session gets its end. */
export const killCheck: Check = {
  name: "kill",
  title: "kill -9 of the worker with a session in it",
  figures: [
    { name: "kill.browsers", unit: "left after 2 s", goal: { of: "value", atMost: 0 } },
    { name: "kill.profile", unit: "bytes", goal: { of: "value", atMost: 0 } },
    { name: "kill.ended", unit: "s, slowest", goal: { of: "value", atMost: terminalWithinMs / 1000 } },
  ],
  pages: { lively: livelyPage },
  async attack({ ownVictim, quick, progress, signal }) {
    const runtime = await mkdtemp(join(tmpdir(), "attestream-attack-run-"));
    await chmod(runtime, 0o755);
    const victim = await ownVictim({ RUNTIME_DIR: runtime });
    const rounds = quick ? 2 : 20;
    let left = 0;
    let bytes = 0;
    let slowest = 0;
    let killed = 0;
    let { worker } = victim.system.parts;
    try {
      for (let round = 0; round < rounds && !signal.aborted; round++) {
        const { sessionId, viewer } = await victim.open("lively");
        const browsers = processTree(Number(worker.pid)).filter((pid) => pid !== worker.pid);
        killed += browsers.length;
        const startedAt = performance.now();
        worker.kill("SIGKILL");
        await pause(browsersWithinMs);
        left += browsers.filter(isAlive).length;
        bytes += await profileBytes(runtime);
        for (;;) {
          const { status } = await victim.client.getSession(sessionId);
          if (terminalStatuses.some((terminal) => terminal === status)) break;
          if (performance.now() - startedAt > 6 * terminalWithinMs) break;
          await pause(100);
        }
        slowest = Math.max(slowest, performance.now() - startedAt);
        viewer.close();
        progress(
          `  ${round + 1}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s until the session had ended`,
        );
        worker = await victim.system.startWorker();
      }
    } finally {
      await victim[Symbol.asyncDispose]();
      await rm(runtime, { recursive: true, force: true });
    }
    return {
      "kill.browsers": { value: left, note: `of ${killed} processes in ${rounds} rounds` },
      "kill.profile": { value: bytes },
      "kill.ended": { value: slowest / 1000 },
    };
  },
  holes: [
    {
      name: "browsers outlive their worker",
      figure: "kill.browsers",
      patches: [
        { file: "apps/browser-worker/src/sandbox/wrapper-script.ts", find: " --pdeathsig KILL", replace: "" },
        { file: "apps/browser-worker/src/sandbox/jail.ts", find: '"--die-with-parent", ', replace: "" },
        {
          // Playwright's pipe closes with the worker: a browser that minds it would go by itself.
          file: "apps/browser-worker/src/sandbox/wrapper-script.ts",
          find: "`exec ${drop}",
          replace: "`trap '' PIPE; (sleep 30) & exec ${drop}",
        },
      ],
    },
  ],
};

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** What stands in the profiles of the slots; the slots' own scripts are not the user's. */
async function profileBytes(runtime: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(runtime, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/\/home\/|\/profile\//.test(path) || path.includes("/.pki/") || !existsSync(path)) continue;
    bytes += (await stat(path)).size;
  }
  return bytes;
}

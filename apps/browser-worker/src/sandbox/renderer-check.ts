import { readFile, readlink } from "node:fs/promises";
import { listTree } from "./process-tree.ts";

export interface RendererFinding {
  pid: number;
  problem: string;
}

/**
 * Looks at the kernel's own account of each renderer in a browser's process group: seccomp must filter
 * and the namespaces must not be the worker's. Empty: every renderer is sandboxed.
 */
export async function checkRenderers(processGroup: number): Promise<RendererFinding[]> {
  const findings: RendererFinding[] = [];
  let renderers = 0;
  for (const pid of await listTree(processGroup)) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (!commandLine.includes("--type=renderer")) continue;
    renderers += 1;
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    if (!/^Seccomp:\s+2$/m.test(status)) findings.push({ pid, problem: "no seccomp filter" });
    // A pid in its own namespace has more than one number.
    if (!/^NSpid:\s+\d+\s+\d+/m.test(status)) findings.push({ pid, problem: "not in a pid namespace of its own" });
    for (const kind of ["user", "net"]) {
      // Only root may read these of a sandboxed process; without root the line above must do.
      const theirs = await readlink(`/proc/${pid}/ns/${kind}`).catch(() => null);
      if (theirs !== null && theirs === (await readlink(`/proc/self/ns/${kind}`)))
        findings.push({ pid, problem: `shares the worker's ${kind} namespace` });
    }
  }
  if (renderers === 0) findings.push({ pid: processGroup, problem: "no renderer process was found" });
  return findings;
}

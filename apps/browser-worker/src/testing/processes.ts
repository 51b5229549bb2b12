import { readdirSync, readFileSync } from "node:fs";

export interface ProcessInfo {
  pid: number;
  uid: number;
  commandLine: string;
}

/** Living processes (not zombies) whose command line contains `text`. */
export function findProcesses(text: string): ProcessInfo[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const status = readFileSync(`/proc/${entry}/status`, "utf8");
      const commandLine = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ");
      if (!commandLine.includes(text) || /^State:\s+[ZX]/m.test(status)) return [];
      return [{ pid: Number(entry), uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]), commandLine }];
    } catch {
      return [];
    }
  });
}

/** A zombie, which only waits for its parent to take notice, is not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

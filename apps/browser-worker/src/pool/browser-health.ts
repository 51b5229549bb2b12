import { access, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession } from "playwright";

const answerWithinMs = 2_000;

export interface HealthSubject {
  /** Of the browser itself, not of one of its pages. */
  control: CDPSession;
  /** Leader of the browser's process group. */
  pid: number;
  /** Of its slot. */
  folder: string;
}

/** Whether a browser that nobody uses could take a session: its process runs, its profile is there, it answers. */
export async function isBrowserWell({ control, pid, folder }: HealthSubject): Promise<boolean> {
  const [runs, hasFolder] = await Promise.all([isRunning(pid), exists(folder)]);
  if (!runs || !hasFolder) return false;
  const answered = control.send("Browser.getVersion").then(
    () => true,
    () => false,
  );
  const giveUp = new AbortController();
  const silent = sleep(answerWithinMs, false, { signal: giveUp.signal }).catch(() => false);
  return Promise.race([answered, silent]).finally(() => giveUp.abort());
}

/** Neither gone nor stopped: what is stopped would be found by its silence too, but later. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return /^[RSDI]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const pollMs = 20;
const patienceMs = 15_000;

/** Runs `work` while no other process does so for the same folder. A lock whose holder has died is taken over. */
export async function withFolderLock<T>(
  options: { folder: string; signal?: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const file = join(options.folder, ".lock");
  const attempts = Math.ceil(patienceMs / pollMs);
  for (let attempt = 1; !(await tryLock(file)); attempt += 1) {
    if (attempt === attempts) throw new Error(`another process holds ${file}; if none is running, delete that file`);
    await removeWhenAbandoned(file);
    await wait(pollMs, undefined, options.signal && { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function removeWhenAbandoned(file: string): Promise<void> {
  const holder = Number(await readFile(file, "utf8").catch(() => ""));
  // Empty: its holder is between creating and writing it.
  if (!Number.isInteger(holder) || holder <= 0 || isRunning(holder)) return;
  await rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

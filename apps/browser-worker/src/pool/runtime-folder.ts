import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { killTree } from "../sandbox/process-tree.ts";

const prefix = "attestream-worker-";
const mostWorkers = 70;

/**
 * Takes the first free numbered folder below `base`. Folders of workers that are no longer alive are
 * removed first, and their browsers killed.
 */
export async function createRuntimeFolder(base: string | undefined, asRoot: boolean): Promise<string> {
  const parent = resolve(base ?? tmpdir());
  await mkdir(parent, { mode: 0o755 }).catch((error: unknown) => {
    if (isExisting(error)) return;
    throw new Error(
      `RUNTIME_DIR: ${parent} does not exist and cannot be made; choose a folder that this user may write to`,
      { cause: error },
    );
  });
  if (asRoot) await assertTraversable(parent);
  await sweepOrphans(parent);
  for (let index = 0; index < mostWorkers; index += 1) {
    const path = join(parent, `${prefix}${index}`);
    try {
      await mkdir(path, { mode: 0o711 });
    } catch (error) {
      if (isExisting(error)) continue;
      throw new Error(`RUNTIME_DIR: cannot write below ${parent}; choose a folder that this user may write to`, {
        cause: error,
      });
    }
    await claimRuntimeFolder(path);
    return path;
  }
  throw new Error(`RUNTIME_DIR: ${parent} holds ${mostWorkers} workers already; choose another folder`);
}

/** Makes the folder if it is missing, and writes into it that this process has it. */
export async function claimRuntimeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o711 }).catch((error: unknown) => {
    if (!isExisting(error)) throw error;
  });
  await chmod(path, 0o711);
  await writeFile(join(path, "worker.pid"), `${process.pid} ${(await startTime(process.pid)) ?? ""}`);
}

/** Who said to have the folder; null when nobody has. The start time tells a process from a later one of the same number. */
export async function ownerOf(path: string): Promise<{ pid: number; started: string } | null> {
  const text = await readFile(join(path, "worker.pid"), "utf8").catch(() => "");
  const [pid, started = ""] = text.split(" ");
  return pid ? { pid: Number(pid), started } : null;
}

/** Removes what dead workers left: only folders of our own name and user whose recorded worker no longer lives. Returns how many. */
export async function sweepOrphans(parent: string): Promise<number> {
  let swept = 0;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(parent, name);
    const info = await stat(path).catch(() => null);
    if (!info?.isDirectory() || info.uid !== process.getuid?.()) continue;
    const owner = await ownerOf(path);
    // Without the file another worker may be at this very point: give it a minute.
    if (owner === null && Date.now() - info.mtimeMs < 60_000) continue;
    if (owner !== null && (await startTime(owner.pid)) === (owner.started || null)) continue;
    await killRecordedBrowsers(path);
    await rm(path, { recursive: true, force: true });
    swept += 1;
  }
  return swept;
}

async function killRecordedBrowsers(path: string): Promise<void> {
  for (const slot of await readdir(path)) {
    const pid = Number(await readFile(join(path, slot, "browser.pid"), "utf8").catch(() => ""));
    if (!Number.isSafeInteger(pid) || pid <= 1) continue;
    // The number may belong to somebody else by now: a browser of ours names its folder.
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(join(path, slot))) await killTree(pid);
  }
}

/** Kernel's start time of a process: tells it from a later one with the same pid. Null when it is gone. */
async function startTime(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? null : (fields[19] ?? null);
}

async function assertTraversable(folder: string): Promise<void> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0)
      throw new Error(
        `RUNTIME_DIR: other users cannot enter ${path}, so an unprivileged browser could not run there. Choose another folder, or: chmod o+x ${path}`,
      );
    if (path === dirname(path)) return;
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

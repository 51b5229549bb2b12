import { chown, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { wrapperScript } from "../sandbox/wrapper-script.ts";

/** One place for a browser: a user and a folder. The folder exists only while a browser has the slot. */
export interface Slot {
  index: number;
  uid: number | undefined;
  folder: string;
}

export interface SlotFiles {
  executable: string;
  pidFile: string;
  artifacts: string;
}

/** Lays out a fresh folder: wrapper and pid file are the worker's, only `home` belongs to the slot's user. */
export async function prepareSlot(
  slot: Slot,
  options: { chromiumPath: string; setprivPath: string | undefined; trustStore: string | null },
): Promise<SlotFiles> {
  await wipeSlot(slot);
  const home = join(slot.folder, "home");
  const files = {
    executable: join(slot.folder, "browser"),
    pidFile: join(slot.folder, "browser.pid"),
    artifacts: join(slot.folder, "artifacts"),
  };
  await mkdir(slot.folder, { mode: 0o711 });
  await mkdir(files.artifacts, { mode: 0o700 });
  await mkdir(join(home, "tmp"), { recursive: true, mode: 0o700 });
  await mkdir(join(home, "profile"), { mode: 0o700 });
  if (options.trustStore !== null) await cp(options.trustStore, join(home, ".pki"), { recursive: true });
  if (slot.uid !== undefined) await giveTo(slot.uid, home);
  const script = wrapperScript({
    chromiumPath: options.chromiumPath,
    uid: slot.uid,
    home,
    pidFile: files.pidFile,
    setprivPath: options.setprivPath,
  });
  await writeFile(files.executable, script, { mode: 0o755 });
  return files;
}

export async function wipeSlot(slot: Slot): Promise<void> {
  await rm(slot.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function giveTo(uid: number, folder: string): Promise<void> {
  await chown(folder, uid, uid);
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, uid);
}

import { chown, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Isolation } from "../sandbox/isolation.ts";
import { jailCommand, jailProfile } from "../sandbox/jail.ts";
import { wrapperScript } from "../sandbox/wrapper-script.ts";

/** One place for a browser: a user and a folder. The folder exists only while a browser has the slot. */
export interface Slot {
  index: number;
  uid: number | undefined;
  folder: string;
}

export interface SlotFiles {
  /** Runs `program` as the slot's user, in the slot's isolation. */
  executable: string;
  pidFile: string;
  artifacts: string;
  /** Where the egress proxy listens at level L2. */
  egressSocket: string;
}

export interface SlotOptions {
  program: string;
  isolation: Isolation;
  setprivPath: string | undefined;
  trustStore: string | null;
  /** The control group's files to join it. */
  groups: readonly string[];
  /** What a browser may write at level L2, MiB. */
  diskMiB: number;
}

/** Lays out a fresh folder: wrapper and pid file are the worker's, only `home` belongs to the slot's user. */
export async function prepareSlot(slot: Slot, options: SlotOptions): Promise<SlotFiles> {
  await wipeSlot(slot);
  const home = join(slot.folder, "home");
  const files = {
    executable: join(slot.folder, "browser"),
    pidFile: join(slot.folder, "browser.pid"),
    artifacts: join(slot.folder, "artifacts"),
    egressSocket: join(slot.folder, "egress"),
  };
  await mkdir(slot.folder, { mode: 0o711 });
  await mkdir(files.artifacts, { mode: 0o700 });
  await mkdir(join(home, "tmp"), { recursive: true, mode: 0o700 });
  const { trustStore, groups, setprivPath } = options;
  const ownStore = join(home, ".pki");
  if (trustStore !== null) await cp(trustStore, ownStore, { recursive: true });
  if (slot.uid !== undefined) await giveTo(slot.uid, home);
  const script = wrapperScript({
    ...commandOf(options, { home, egressSocket: files.egressSocket, trustStore: trustStore && ownStore }),
    uid: slot.uid,
    pidFile: files.pidFile,
    groups,
    setprivPath,
  });
  await writeFile(files.executable, script, { mode: 0o755 });
  return files;
}

function commandOf(
  { program, isolation, diskMiB }: SlotOptions,
  { home, egressSocket, trustStore }: { home: string; egressSocket: string; trustStore: string | null },
) {
  if (isolation.level !== "L2") return { command: [program], home, profile: join(home, "profile") };
  const { programs } = isolation;
  const command = jailCommand({ programs, program, socketPath: egressSocket, trustStore, diskMiB });
  return { command, home: undefined, profile: jailProfile };
}

export async function wipeSlot(slot: Slot): Promise<void> {
  await rm(slot.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function giveTo(uid: number, folder: string): Promise<void> {
  await chown(folder, uid, uid);
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, uid);
}

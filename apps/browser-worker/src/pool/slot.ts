import { execFile } from "node:child_process";
import { chown, cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
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
  /** FIFO for the browser's TLS secrets; there only where they are wanted. */
  keyLog: string;
}

export interface SlotOptions {
  program: string;
  isolation: Isolation;
  setprivPath: string | undefined;
  trustStore: string | null;
  /** The control group's files to join it. */
  groups: readonly string[];
  /** Whether the browser writes its TLS secrets, for connections that are witnessed. */
  writesKeyLog?: boolean;
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
    keyLog: join(slot.folder, "keys"),
  };
  await mkdir(slot.folder, { mode: 0o711 });
  await mkdir(files.artifacts, { mode: 0o700 });
  await mkdir(join(home, "tmp"), { recursive: true, mode: 0o700 });
  const { trustStore, groups, setprivPath } = options;
  const ownStore = join(home, ".pki");
  if (trustStore !== null) await cp(trustStore, ownStore, { recursive: true });
  if (slot.uid !== undefined) await giveTo(slot.uid, home);
  if (options.writesKeyLog) await makeFifo(files.keyLog, slot.uid);
  const script = wrapperScript({
    ...commandOf(options, { home, files, trustStore: trustStore && ownStore }),
    uid: slot.uid,
    pidFile: files.pidFile,
    groups,
    setprivPath,
  });
  await writeFile(files.executable, script, { mode: 0o755 });
  return files;
}

function commandOf(
  { program, isolation, diskMiB, writesKeyLog }: SlotOptions,
  { home, files, trustStore }: { home: string; files: SlotFiles; trustStore: string | null },
) {
  if (isolation.level !== "L2") return { command: [program], home, profile: join(home, "profile") };
  const { programs } = isolation;
  const keyLog = writesKeyLog ? files.keyLog : null;
  const command = jailCommand({ programs, program, socketPath: files.egressSocket, keyLog, trustStore, diskMiB });
  return { command, home: undefined, profile: jailProfile };
}

export async function wipeSlot(slot: Slot): Promise<void> {
  await rm(slot.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function giveTo(uid: number, folder: string): Promise<void> {
  await chown(folder, uid, uid);
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), uid, uid);
}

/** Node has no call for it. Only the slot's user may write into it. */
async function makeFifo(path: string, uid: number | undefined): Promise<void> {
  await promisify(execFile)("mkfifo", ["-m", "600", path]);
  if (uid !== undefined) await chown(path, uid, uid);
}

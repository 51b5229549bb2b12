import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { StorageError } from "./storage-error.ts";

const lockFile = "attestream.lock";

/**
 * Holds a data folder for this process. The embedded database has no lock of its own and two
 * processes would corrupt it. A lock whose process is gone is taken over. Works within one
 * machine and one pid namespace; network folders are not covered.
 */
export function lockDirectory(
  directory: string,
  options: { pid: number; isAlive?: (pid: number) => boolean },
): Disposable {
  const isAlive = options.isAlive ?? processIsAlive;
  const path = join(directory, lockFile);
  const create = () => {
    const handle = openSync(path, "wx", 0o600);
    writeSync(handle, `${options.pid}\n`);
    closeSync(handle);
  };
  try {
    makeFolder(directory, 0o700);
    for (let attempt = 0; ; attempt++) {
      try {
        create();
        break;
      } catch (error) {
        if (!isCode(error, "EEXIST") || attempt > 4) throw error;
        takeOver(path, isAlive, options.pid, directory);
      }
    }
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new StorageError(
      `DATA_DIR ${directory} cannot be written (${errorCode(error)}). Make it writable for this user, free some space, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  return {
    [Symbol.dispose]() {
      rmSync(path, { force: true });
    },
  };
}

function takeOver(path: string, isAlive: (pid: number) => boolean, own: number, directory: string): void {
  const holder = Number.parseInt(readIfThere(path), 10);
  // A pid equal to our own is a leftover too: containers start at the same pid every time. A second
  // opening within this process is refused by open-database.
  if (Number.isInteger(holder) && holder !== own && isAlive(holder)) {
    throw new StorageError(
      `DATA_DIR ${directory} is in use by process ${holder}. Stop that process, or give this one another DATA_DIR or a DATABASE_URL.`,
    );
  }
  rmSync(path, { force: true });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return "";
    throw error;
  }
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function isCode(error: unknown, code: string): boolean {
  return errorCode(error) === code;
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}

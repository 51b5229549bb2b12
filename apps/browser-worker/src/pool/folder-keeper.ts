import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { claimRuntimeFolder, ownerOf } from "./runtime-folder.ts";

/** The folder that a worker lives in was taken from under it. */
export class RuntimeFolderError extends Error {
  override readonly name = "RuntimeFolderError";
}

/**
 * Sees before each launch that the worker's folder is still there. Some machines clear their temporary
 * files, old ones or all: the folder is then made anew, with a word in the log. Rejects with
 * RuntimeFolderError when that cannot be done.
 */
export function createFolderKeeper(options: {
  folder: string;
  /** Names of what must be in it. */
  parts: readonly string[];
  /** Makes the parts that are missing. */
  furnish: () => Promise<void>;
  log: Logger;
}): () => Promise<void> {
  const { folder, parts, furnish, log } = options;
  let mending: Promise<void> | null = null;

  const isWhole = async () => {
    if ((await ownerOf(folder))?.pid !== process.pid) return false;
    const found = await Promise.allSettled(parts.map((name) => access(join(folder, name))));
    return found.every(({ status }) => status === "fulfilled");
  };
  const mend = async () => {
    if (await isWhole()) return;
    const owner = await ownerOf(folder);
    if (owner !== null && owner.pid !== process.pid)
      throw new RuntimeFolderError(
        `RUNTIME_DIR: ${folder} was deleted and now belongs to another worker; restart this one`,
      );
    log.error({ folder }, "the worker's folder was deleted and is made anew; browsers that ran in it may misbehave");
    try {
      await claimRuntimeFolder(folder);
      await furnish();
    } catch (cause) {
      throw new RuntimeFolderError(
        `RUNTIME_DIR: ${folder} was deleted and cannot be made anew; make its parent writable, or restart the worker with another`,
        { cause },
      );
    }
  };
  return () =>
    (mending ??= mend().finally(() => {
      mending = null;
    }));
}

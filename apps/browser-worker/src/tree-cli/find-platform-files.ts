import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "./usage-error.ts";

export interface PlatformFile {
  path: string;
  text: string;
}

const fileName = "platform.yaml";

/** A file, a platform's folder, or a folder of platforms' folders. */
export async function findPlatformFiles(given: string): Promise<PlatformFile[]> {
  const kind = await stat(given).catch(() => null);
  if (!kind) throw new UsageError(`${given} is not there; name a platform file or a folder`);
  if (kind.isFile()) return [await read(given)];
  const entries = (await readdir(given)).sort();
  if (entries.includes(fileName)) return [await read(join(given, fileName))];
  const paths = entries.map((entry) => join(given, entry, fileName));
  const found: string[] = [];
  for (const path of paths) if ((await stat(path).catch(() => null))?.isFile()) found.push(path);
  if (found.length === 0) throw new UsageError(`${given} holds no ${fileName}, nor do the folders in it`);
  return Promise.all(found.map(read));
}

async function read(path: string): Promise<PlatformFile> {
  return { path, text: await readFile(path, "utf8") };
}

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Patch } from "../report/check.ts";
import { applyPatch } from "./apply-patch.ts";

export const repository = join(import.meta.dirname, "../..");

const copied = [
  "apps",
  "packages",
  "examples",
  "platforms",
  "package.json",
  "pnpm-workspace.yaml",
  "scripts",
  "vitest.config.ts",
];
/** Too much to copy, and not ours to patch. */
const linked = ["node_modules", ".attestream"];

/**
 * The product in a folder of its own, with some places changed. It runs from there like the original: links
 * between its packages are relative, and lead to the copies.
 */
export async function copyProduct(patches: readonly Patch[]): Promise<AsyncDisposable & { root: string }> {
  await using undo = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), "attestream-attack-copy-"));
  undo.defer(() => rm(root, { recursive: true, force: true }));
  for (const name of copied)
    await cp(join(repository, name), join(root, name), { recursive: true, verbatimSymlinks: true });
  for (const name of linked) await symlink(join(repository, name), join(root, name));
  for (const patch of patches) {
    const path = join(root, patch.file);
    await writeFile(path, applyPatch(await readFile(path, "utf8"), patch));
  }
  const life = undo.move();
  return { root, [Symbol.asyncDispose]: () => life.disposeAsync() };
}

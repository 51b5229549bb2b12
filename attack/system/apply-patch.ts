import type { Patch } from "../report/check.ts";

/** Throws when the text does not stand in the source exactly once: the hole would not be the one that was meant. */
export function applyPatch(source: string, { file, find, replace }: Patch): string {
  const count = source.split(find).length - 1;
  if (count !== 1)
    throw new Error(`${file} holds ${count} times what a planted hole replaces; adapt its patch: ${find.slice(0, 80)}`);
  return source.replace(find, () => replace);
}

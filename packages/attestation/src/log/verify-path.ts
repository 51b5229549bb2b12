import { foldHashes, isSameHash, leafHash, nodeHash } from "./tree-hash.ts";

/** RFC 9162, 2.1.3.2: the entry is the one at `index` of the log of `size` entries with this root. */
export function verifyInclusion(claim: {
  entry: Uint8Array;
  index: number;
  size: number;
  path: readonly Uint8Array[];
  root: Uint8Array;
}): boolean {
  const { entry, index, size, path, root } = claim;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leafHash(entry);
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSameHash(hash, root);
}

/** RFC 9162, 2.1.4.2: the log of `first` entries is the beginning of that of `second`: nothing was changed or taken out. */
export function verifyConsistency(claim: {
  first: number;
  second: number;
  path: readonly Uint8Array[];
  firstRoot: Uint8Array;
  secondRoot: Uint8Array;
}): boolean {
  const { first, second, path, firstRoot, secondRoot } = claim;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 0 || first > second) return false;
  if (first === second) return path.length === 0 && isSameHash(firstRoot, secondRoot);
  if (first === 0) return path.length === 0 && isSameHash(firstRoot, foldHashes([]));
  const [start, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...path] : path;
  if (start === undefined) return false;
  let node = first - 1;
  let last = second - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [before, after] = [start, start];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else after = nodeHash(after, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSameHash(before, firstRoot) && isSameHash(after, secondRoot);
}

/** Not by shifting: bits of JavaScript end at 32. */
function half(number: number): number {
  return Math.floor(number / 2);
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}

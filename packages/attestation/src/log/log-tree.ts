import { foldHashes, leafHash, nodeHash } from "./tree-hash.ts";
import { consistencyRanges, coverRange, inclusionRanges, type LeafRange, type NodeId } from "./tree-ranges.ts";

/** How far a log is: enough to append to it and to tell its root. */
export interface LogHead {
  size: number;
  /** Roots of the whole subtrees that it is made of, largest first. */
  frontier: readonly Uint8Array[];
}

export interface LogNode extends NodeId {
  hash: Uint8Array;
}

export const emptyHead: LogHead = { size: 0, frontier: [] };

/** The head after one more entry, and the subtrees that became whole with it: those never change again. */
export function appendEntry(head: LogHead, entry: Uint8Array): { head: LogHead; nodes: LogNode[] } {
  const frontier = [...head.frontier];
  let hash = leafHash(entry);
  let index = head.size;
  const nodes: LogNode[] = [{ level: 0, index, hash }];
  for (let level = 1; index % 2 === 1; level++) {
    const left = frontier.pop();
    if (left === undefined) throw new Error("A log's head is broken: a subtree is missing");
    hash = nodeHash(left, hash);
    index = (index - 1) / 2;
    nodes.push({ level, index, hash });
  }
  frontier.push(hash);
  return { head: { size: head.size + 1, frontier }, nodes };
}

export function rootOf(head: LogHead): Uint8Array {
  return foldHashes(head.frontier);
}

/** Where a log keeps its whole subtrees. */
export interface NodeStore {
  /** In the order of `ids`. Rejects where one is missing. */
  read(ids: readonly NodeId[]): Promise<Uint8Array[]>;
}

/** Any earlier head of the log. */
export async function headAt(store: NodeStore, size: number): Promise<LogHead> {
  return { size, frontier: await store.read(coverRange({ start: 0, end: size })) };
}

export function proveInclusion(store: NodeStore, index: number, size: number): Promise<Uint8Array[]> {
  if (index < 0 || index >= size) throw new RangeError(`There is no entry ${index} among ${size}`);
  return hashRanges(store, inclusionRanges(index, size));
}

export async function proveConsistency(store: NodeStore, first: number, second: number): Promise<Uint8Array[]> {
  if (first < 0 || first > second) throw new RangeError(`A log of ${first} is no beginning of one of ${second}`);
  if (first === 0 || first === second) return [];
  return hashRanges(store, consistencyRanges(first, second));
}

/** All nodes in one read: a database is asked once. */
async function hashRanges(store: NodeStore, ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
  const covers = ranges.map(coverRange);
  const hashes = await store.read(covers.flat());
  let at = 0;
  return covers.map((cover) => foldHashes(hashes.slice(at, (at += cover.length))));
}

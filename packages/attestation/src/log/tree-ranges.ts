/** A whole subtree: 2^level leaves from leaf index * 2^level on. */
export interface NodeId {
  level: number;
  index: number;
}

/** Leaves `start` to before `end`. Those of a proof begin where a whole subtree of their size may begin. */
export interface LeafRange {
  start: number;
  end: number;
}

/** Whole subtrees that a range is made of, largest first. */
export function coverRange({ start, end }: LeafRange): NodeId[] {
  const nodes: NodeId[] = [];
  for (let at = start; at < end;) {
    const level = Math.floor(Math.log2(end - at));
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** RFC 9162, 2.1.3.1: what is hashed besides a leaf on the way to the root, nearest first. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.toReversed();
}

/** RFC 9162, 2.1.4.1: what shows that the tree of `first` leaves is the beginning of that of `second`. */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let [start, end] = [0, second];
  while (first < end) {
    const middle = start + largestPowerBelow(end - start);
    if (first <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier knows the earlier root; where that is a node of the later tree, it is not told again.
  if (start > 0) ranges.push({ start, end });
  return ranges.toReversed();
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

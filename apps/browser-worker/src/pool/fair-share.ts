/** Less is idle: browsers wait for each other. Of all processors. */
const busyIdlePart = 0.15;
/** A browser that uses less does not count as one that wants a share. Cores. */
const leastUse = 0.05;
const tolerance = 1.25;
/** Looks above its share that make a browser greedy: a page that loads takes much, too, and is done soon. */
const greedyLooks = 2;
/** The same of one that was held back not long ago. */
const greedyLooksAgain = 1;
/** Of an equal share: what a greedy one is left at first, which a page that loads can do with, and when it goes on. */
const partsLeft = { first: 0.6, later: 0.3 } as const;
/** Looks that it is held back for, doubled each time it is greedy again soon. */
const shortestTerm = 16;
const longestTerm = 256;

interface Standing {
  above: number;
  /** Looks left of its term; 0: not held back. */
  left: number;
  term: number;
  /** Looks since the term ended. */
  free: number;
}

export interface Verdict {
  root: number;
  /** Cores that it shall do with for now; null: no longer held back. */
  most: number | null;
}

/**
 * Which browsers take so much of the processors that others go short. Greedy is who, on a machine without idle
 * processors, takes for some looks more than an equal share, one share being the worker's. It is held back for a
 * term and then tried again, because what it takes meanwhile says nothing of what it wants.
 */
export class FairShare {
  readonly #cores: number;
  readonly #standings = new Map<number, Standing>();

  constructor(cores: number) {
    this.#cores = cores;
  }

  /** One look: cores that each browser has used since the last, and cores that nobody has. Tells what has changed. */
  note(used: ReadonlyMap<number, number>, idleCores: number): Verdict[] {
    for (const root of this.#standings.keys()) if (!used.has(root)) this.#standings.delete(root);
    const isBusy = idleCores < this.#cores * busyIdlePart;
    // Who is held back already takes from nobody.
    const wanting = [...used].filter(([root, cores]) => cores > leastUse && !this.#isHeldBack(root)).length;
    const share = this.#cores / (wanting + 1);
    const verdicts: Verdict[] = [];
    for (const [root, cores] of used) {
      const standing = this.#standings.get(root) ?? { above: 0, left: 0, term: shortestTerm / 2, free: 0 };
      this.#standings.set(root, standing);
      if (standing.left > 0) {
        standing.left -= 1;
        if (standing.left === 0) verdicts.push({ root, most: null });
        continue;
      }
      standing.free += 1;
      // One browser alone takes from nobody.
      const isAbove = isBusy && wanting > 1 && cores > share * tolerance;
      // A look on a busy machine is not exact: one below does not undo all.
      standing.above = isAbove ? standing.above + 1 : Math.max(standing.above - 1, 0);
      const soon = standing.free <= 2 * standing.term;
      const isKnown = soon && standing.term >= shortestTerm;
      if (standing.above < (isKnown ? greedyLooksAgain : greedyLooks)) continue;
      standing.term = soon ? Math.min(standing.term * 2, longestTerm) : shortestTerm;
      Object.assign(standing, { above: 0, left: standing.term, free: 0 });
      verdicts.push({ root, most: share * (standing.term > shortestTerm ? partsLeft.later : partsLeft.first) });
    }
    return verdicts;
  }

  #isHeldBack(root: number): boolean {
    return (this.#standings.get(root)?.left ?? 0) > 0;
  }
}

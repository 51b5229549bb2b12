export interface RateMeter {
  note(at: Date): void;
  /** Mean time between the latest notes; null before there are two. */
  meanIntervalMs(): number | null;
}

/** How often something happens, from its latest occurrences. */
export function createRateMeter(kept: number): RateMeter {
  const times: number[] = [];
  return {
    note(at) {
      times.push(at.getTime());
      if (times.length > kept) times.shift();
    },
    meanIntervalMs() {
      const [first] = times;
      const last = times.at(-1);
      if (first === undefined || last === undefined || times.length < 2) return null;
      return (last - first) / (times.length - 1);
    },
  };
}

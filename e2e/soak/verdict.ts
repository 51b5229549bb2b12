import type { Sample } from "./take-sample.ts";

export interface Measure {
  name: string;
  of(sample: Sample): number;
  /** Growth that is let pass as noise: per hour by least squares, and from the first third to the last by their medians. */
  mayGrow: { perHour: number; thirds: number };
}

/** What must not grow with the number of sessions. */
export const measures: readonly Measure[] = [
  { name: "API memory, MiB", of: ({ api }) => api.residentMiB, mayGrow: { perHour: 32, thirds: 24 } },
  { name: "API heap, MiB", of: ({ api }) => api.heapMiB, mayGrow: { perHour: 6, thirds: 4 } },
  { name: "API sockets", of: ({ api }) => api.sockets, mayGrow: { perHour: 6, thirds: 3 } },
  { name: "API files", of: ({ api }) => api.files, mayGrow: { perHour: 6, thirds: 3 } },
  { name: "worker memory, MiB", of: ({ worker }) => worker.residentMiB, mayGrow: { perHour: 32, thirds: 24 } },
  { name: "worker heap, MiB", of: ({ worker }) => worker.heapMiB, mayGrow: { perHour: 6, thirds: 4 } },
  { name: "worker sockets", of: ({ worker }) => worker.sockets, mayGrow: { perHour: 6, thirds: 3 } },
  { name: "worker files", of: ({ worker }) => worker.files, mayGrow: { perHour: 6, thirds: 3 } },
  { name: "browser processes", of: ({ browserProcesses }) => browserProcesses, mayGrow: { perHour: 2, thirds: 1 } },
  { name: "browser memory, MiB", of: ({ browserMiB }) => browserMiB, mayGrow: { perHour: 60, thirds: 40 } },
  { name: "temporary files", of: ({ temporaryFiles }) => temporaryFiles, mayGrow: { perHour: 30, thirds: 20 } },
];

/** Sessions are kept, so the database grows; a session takes no more than this. */
export const mostKiBPerSession = 64;

/** Caches fill in the first fifth; an hour's slope is not told from less than this. */
const fewestForSlope = 15;

export interface Judgement {
  name: string;
  first: number;
  last: number;
  /** Null when there are too few samples for it. */
  perHour: number | null;
  ok: boolean;
}

export interface Verdict {
  measures: Judgement[];
  kibPerSession: number;
  leftovers: string[];
  ok: boolean;
}

/** All must hold: no measure grows, a session takes little in the database, and no sample saw a leftover row. */
export function judge(samples: readonly Sample[]): Verdict {
  const warm = samples.slice(Math.floor(samples.length / 5));
  const judged = measures.map((measure) => judgeMeasure(measure, warm));
  const leftovers = samples.flatMap(({ minute, database }) =>
    Object.entries(database.leftovers).map(([name, count]) => `minute ${minute}: ${count} ${name}`),
  );
  const [first, last] = [warm[0], warm.at(-1)];
  const sessions = first && last ? last.sessions - first.sessions : 0;
  const kibPerSession = first && last ? (last.database.sizeKiB - first.database.sizeKiB) / Math.max(1, sessions) : 0;
  return {
    measures: judged,
    kibPerSession,
    leftovers,
    ok: sessions > 0 && judged.every(({ ok }) => ok) && leftovers.length === 0 && kibPerSession <= mostKiBPerSession,
  };
}

function judgeMeasure({ name, of, mayGrow }: Measure, samples: readonly Sample[]): Judgement {
  const values = samples.map(of);
  const third = Math.max(1, Math.floor(values.length / 3));
  const first = median(values.slice(0, third));
  const last = median(values.slice(-third));
  const perHour =
    values.length < fewestForSlope
      ? null
      : slope(
          samples.map(({ minute }) => minute / 60),
          values,
        );
  return {
    name,
    first,
    last,
    perHour,
    ok: last - first <= mayGrow.thirds && (perHour === null || perHour <= mayGrow.perHour),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Of the straight line with the least squares. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, index) => sum + (value - meanX) * ((y[index] ?? 0) - meanY), 0);
  return covariance / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

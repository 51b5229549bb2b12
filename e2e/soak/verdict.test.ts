import { describe, expect, it } from "vitest";
import type { Sample } from "./take-sample.ts";
import { judge } from "./verdict.ts";

/** An hour of a system at rest, with a leak added. */
function hour(leak: (minute: number) => { heapMiB?: number; sockets?: number; leftover?: number; sizeKiB?: number }) {
  return Array.from({ length: 60 }, (_, index): Sample => {
    const minute = index + 1;
    const { heapMiB = 0, sockets = 0, leftover = 0, sizeKiB = 0 } = leak(minute);
    // Memory goes up and down by itself.
    const noise = ((minute * 7) % 11) - 5;
    const part = { residentMiB: 170 + 2 * noise, heapMiB: 56 + noise / 10, sockets: 12 + (minute % 2), files: 34 };
    return {
      minute,
      sessions: 12 * minute,
      api: { ...part, heapMiB: part.heapMiB + heapMiB, sockets: part.sockets + sockets },
      worker: part,
      browserProcesses: 12,
      browserMiB: 640,
      temporaryFiles: 128,
      database: {
        sizeKiB: 9000 + 240 * minute + sizeKiB,
        leftovers: leftover === 0 ? {} : { "embed tokens": leftover },
      },
    };
  });
}

const grown = (samples: Sample[]) =>
  judge(samples)
    .measures.filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe("verdict of a soak", () => {
  it("lets noise pass", () => {
    expect(judge(hour(() => ({}))).ok).toBe(true);
  });

  it("lets a cache fill in the first minutes", () => {
    expect(judge(hour((minute) => ({ heapMiB: Math.min(minute, 10) }))).ok).toBe(true);
  });

  it("sees 15 KiB of heap that each session leaves", () => {
    expect(grown(hour((minute) => ({ heapMiB: (12 * minute * 15) / 1024 })))).toEqual(["API heap, MiB"]);
  });

  it("sees a socket that is left every fifth minute", () => {
    expect(grown(hour((minute) => ({ sockets: Math.floor(minute / 5) })))).toEqual(["API sockets"]);
  });

  it("sees one leftover row in one sample, and names it", () => {
    const verdict = judge(hour((minute) => ({ leftover: minute === 30 ? 1 : 0 })));
    expect(verdict).toMatchObject({ ok: false, leftovers: ["minute 30: 1 embed tokens"] });
  });

  it("sees sessions that take too much in the database", () => {
    expect(judge(hour((minute) => ({ sizeKiB: 12 * 60 * minute })))).toMatchObject({ ok: false, kibPerSession: 80 });
  });

  it("does not pass without sessions", () => {
    expect(judge([]).ok).toBe(false);
  });
});

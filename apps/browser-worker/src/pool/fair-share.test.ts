import { describe, expect, it } from "vitest";
import { FairShare } from "./fair-share.ts";

const cores = 2;
const [bomb, neighbour] = [100, 200];
const heavy = { [bomb]: 1.1, [neighbour]: 0.5 };

/** What changed, as "<look>: <root> at most <cores>" or "... free", counted from 1. */
function looks(share: FairShare, times: number, used: Record<number, number>, idleCores = 0): string[] {
  const byRoot = new Map(Object.entries(used).map(([root, value]) => [Number(root), value]));
  return Array.from({ length: times }, (_, index) =>
    share
      .note(byRoot, idleCores)
      .map(({ root, most }) => `${index + 1}: ${root} ${most === null ? "free" : `at most ${most.toFixed(2)}`}`),
  ).flat();
}

describe("a browser that takes more than its share", () => {
  it("is greedy once it has done so for some looks on a busy machine, for a term", () => {
    expect(looks(new FairShare(cores), 18, heavy)).toEqual(["2: 100 at most 0.40", "18: 100 free"]);
  });

  it("takes from nobody where processors are idle, or where it is alone", () => {
    expect(looks(new FairShare(cores), 20, heavy, 0.5)).toEqual([]);
    expect(looks(new FairShare(cores), 10, { [bomb]: 1.9, [neighbour]: 0.01 })).toEqual([]);
  });

  it("is not greedy for a page that loads", () => {
    const share = new FairShare(cores);
    for (let turn = 0; turn < 5; turn += 1) {
      expect(looks(share, 1, heavy)).toEqual([]);
      expect(looks(share, 1, { [bomb]: 0.3, [neighbour]: 0.5 })).toEqual([]);
    }
  });

  it("is held back longer each time it is greedy again at once", () => {
    const changes = looks(new FairShare(cores), 1_000, heavy);
    const terms = changes
      .map((change) => Number(change.split(":")[0]))
      .flatMap((at, index, all) => (index % 2 ? [at - (all[index - 1] ?? 0)] : []));
    expect(terms).toEqual([16, 32, 64, 128, 256, 256]);
  });

  it("is known at the first look when it goes on after a term", () => {
    expect(looks(new FairShare(cores), 19, heavy).at(-1)).toBe("19: 100 at most 0.20");
  });

  it("begins anew after a while of modesty", () => {
    const share = new FairShare(cores);
    looks(share, 2 + 16 + 1 + 32, heavy);
    looks(share, 100, { [bomb]: 0.2, [neighbour]: 0.5 });
    expect(looks(share, 18, heavy)).toEqual(["2: 100 at most 0.40", "18: 100 free"]);
  });

  it("leaves the others alone while it is held back", () => {
    const share = new FairShare(cores);
    looks(share, 2, heavy);
    expect(looks(share, 4, { [bomb]: 0.2, [neighbour]: 1.2 })).toEqual([]);
  });

  it("is forgotten when it has ended", () => {
    const share = new FairShare(cores);
    looks(share, 3, heavy);
    looks(share, 1, { [neighbour]: 0.5 });
    expect(looks(share, 18, heavy)).toEqual(["2: 100 at most 0.40", "18: 100 free"]);
  });
});

it("equal ones share without anybody being greedy", () => {
  const used = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [index + 1, 0.24]));
  expect(looks(new FairShare(cores), 10, used)).toEqual([]);
});
